import type { Trace } from '../../trace/trace.js';
import { heading, left, paragraph, table, type Block } from '../document.js';

/** Hash digits shown: enough to tell files apart by eye. */
const HASH_DIGITS = 12;

const CLOCKS = {
  client: 'client',
  engine: 'engine (server side)',
  simulated: 'simulated, starts at 0',
} as const;

/** What the run was: source, clock, what was served and how, and the files it was read from. */
export function traceIdentity(title: string, { meta }: Trace): Block[] {
  const server = Object.entries(meta.server ?? {}).map(([name, value]) => `${name} ${String(value)}`);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['source', `${meta.source}${meta.synthetic ? ' (synthetic: no GPU was involved)' : ''}`],
    ['clock', CLOCKS[meta.clock]],
    ['engine', meta.engineVersion],
    ['model', meta.model],
    ['GPU', meta.gpu],
    ['workload', meta.workloadName],
    ...(meta.files ?? []).map(
      (file) => ['file', `${file.path} (sha256 ${file.sha256.slice(0, HASH_DIGITS)})`] as const,
    ),
  ];
  const known = facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return [
    heading(1, title),
    ...table([left('what'), left('value')], known),
    ...(server.length === 0 ? [] : [paragraph(`Server: ${server.join(', ')}.`, 'note')]),
  ];
}
