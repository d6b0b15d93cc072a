import { TruelineError } from '../errors.js';
import type { FileProbe } from './probe-file.js';

/**
 * The only file of a kind that a run has one of; undefined when there is none.
 * @throws TRACE_INVALID when there are two: the folder holds two runs
 */
export function onlyOne(files: readonly FileProbe[], what: string): FileProbe | undefined {
  const [first, second] = files;
  if (first === undefined || second === undefined) return first;
  throw new TruelineError('TRACE_INVALID', `a second ${what} beside ${first.file}: two runs in one folder`, {
    file: second.file,
    hint: 'Give each run its own folder.',
  });
}
