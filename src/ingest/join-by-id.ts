import type { RequestColumns } from '../trace/trace.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';

/** vLLM's id of a request holds the client's, between what its layers put around it: `cmpl-X-0-1a2b3c4d`, `chatcmpl-X-1a2b3c4d`. */
export function clientIdOf(id: string): string {
  const [, layer, rest] = /^(cmpl|chatcmpl)-(.*)$/su.exec(id) ?? [];
  if (layer === undefined || rest === undefined) return id;
  const withoutSuffix = rest.replace(/-[0-9a-f]{8}$/u, '');
  return layer === 'cmpl' ? withoutSuffix.replace(/-\d+$/u, '') : withoutSuffix;
}

type Filled = 'promptTokens' | 'outputTokens' | 'cachedTokens' | 'promptId';
const FILLED: readonly Filled[] = ['promptTokens', 'outputTokens', 'cachedTokens', 'promptId'];

/** Rows of `other` by the client's id. */
const rowsById = (other: RequestColumns): Map<string, number> =>
  new Map((other.ids ?? []).map((id, row) => [clientIdOf(id), row]));

function filled(
  main: RequestColumns,
  other: RequestColumns,
  partner: Int32Array,
  name: Filled,
): Int32Array | undefined {
  const [known, offered] = [main[name], other[name]];
  if (offered === undefined) return known;
  const column = known?.slice() ?? new Int32Array(main.count).fill(-1);
  for (const [row, from] of partner.entries())
    if (column[row] === -1 && from >= 0) column[row] = offered[from] ?? -1;
  return column.some((value) => value >= 0) ? column : known;
}

/**
 * What a second list of the same run knows about requests that the first does not: counts and prompt identity, never
 * instants, which are on another clock. Rows belong together by the client's request id.
 * @returns undefined when no id is in both; else the joined columns, with the rows of either that found no partner counted
 */
export function joinById(
  main: RequestColumns,
  other: RequestColumns,
  log: DiagnosticLog,
): RequestColumns | undefined {
  const rows = rowsById(other);
  const partner = Int32Array.from(main.ids ?? [], (id) => rows.get(clientIdOf(id)) ?? -1);
  const joined = partner.filter((row) => row >= 0).length;
  if (joined === 0) return undefined;
  log.add(
    'doubt',
    'request-not-joined',
    'requests that only one of two lists of the run holds',
    main.count + other.count - 2 * joined,
  );
  const columns = FILLED.map((name) => [name, filled(main, other, partner, name)] as const);
  return { ...main, ...Object.fromEntries(columns.filter(([, column]) => column !== undefined)) };
}

/** Counts requests that a set of engine ids names, and the ids that name none. */
export function reportMovedKv(
  { ids, count }: RequestColumns,
  moved: readonly string[],
  log: DiagnosticLog,
): void {
  const known = new Set((ids ?? []).map(clientIdOf));
  const joined = moved.filter((id) => known.has(clientIdOf(id))).length;
  log.add(
    'doubt',
    'request-kv-moved',
    'requests whose KV blocks moved between tiers, which is not simulated',
    joined,
  );
  if (count > 0)
    log.add(
      'doubt',
      'kv-event-not-joined',
      'requests of KV events that the run does not hold',
      moved.length - joined,
    );
}
