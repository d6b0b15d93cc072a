import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import { REQUEST_COUNTS, REQUEST_INSTANTS, type RequestRow } from './request-row.js';

/** What Int32 columns hold, and Uint16 ones (stages). */
const LARGEST = { count: 2 ** 31 - 1, stage: 2 ** 16 - 1 } as const;

/** A request cannot get its first token before it arrived, and no instant is infinite. */
function hasSoundInstants(row: RequestRow): boolean {
  let before = row.arrivedAtUs;
  for (const key of REQUEST_INSTANTS) {
    const atUs = row[key];
    if (atUs === undefined) continue;
    if (!Number.isFinite(atUs) || atUs < before) return false;
    before = atUs;
  }
  return true;
}

const isCount = (value: number, key: (typeof REQUEST_COUNTS)[number]): boolean =>
  Number.isInteger(value) && value >= 0 && value <= (key === 'stage' ? LARGEST.stage : LARGEST.count);

/**
 * The row as columns can hold it: counts that are negative, broken or beyond 32 bits become unknown, and are counted.
 * @returns undefined when its instants contradict each other: the request is dropped, and counted
 */
export function soundRow(row: RequestRow, log: DiagnosticLog): RequestRow | undefined {
  if (!hasSoundInstants(row)) {
    log.add('dropped', 'request-impossible-time', 'requests whose events are not in order of time');
    return undefined;
  }
  const broken = REQUEST_COUNTS.filter((key) => row[key] !== undefined && !isCount(row[key], key));
  if (broken.length === 0) return row;
  log.add(
    'dropped',
    'request-impossible-count',
    'counts of requests that no request can have',
    broken.length,
  );
  return { ...row, ...Object.fromEntries(broken.map((key) => [key, undefined])) };
}
