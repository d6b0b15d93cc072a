import { dirname, join } from 'node:path';
import { filesToTrace } from '../trace/trace-file.js';
import { TRACE_FORMAT } from '../trace/trace-file-schema.js';
import type { Trace } from '../trace/trace.js';
import type { FileProbe } from './probe-file.js';
import { pathExists, readText } from './read-file.js';
import { asString, member } from './value-guards.js';

export const TRUELINE_TRACE = {
  format: TRACE_FORMAT,
  looksFor: `a normalised trace: trace.json with \`format: ${TRACE_FORMAT}\`, beside it requests.csv and steps.csv`,
  /** The head of a normalised trace; its columns lie beside it. */
  matches: ({ kind, value }: FileProbe): boolean =>
    kind === 'json' && asString(member(value, 'format')) === TRACE_FORMAT,
};

/** Paths of everything a normalised trace is made of. */
export const normalisedFiles = ({ file }: FileProbe): readonly string[] => [
  file,
  ...['requests.csv', 'steps.csv'].map((name) => join(dirname(file), name)),
];

/**
 * Reads a normalised trace by its `trace.json`. The texts may be gzipped in place.
 * @throws FILE_NOT_FOUND (no requests.csv), KEY_UNKNOWN, FORMAT_INVALID, TRACE_INVALID, TRACE_CLOCK
 */
export async function readTruelineTrace(head: FileProbe): Promise<Trace> {
  const folder = dirname(head.file);
  const steps = join(folder, 'steps.csv');
  return filesToTrace(
    {
      'trace.json': await readText(head.file),
      'requests.csv': await readText(join(folder, 'requests.csv')),
      ...((await pathExists(steps)) ? { 'steps.csv': await readText(steps) } : {}),
    },
    folder,
  );
}
