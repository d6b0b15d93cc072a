import { TruelineError } from '../errors.js';
import type { RequestColumns } from './trace.js';

/** Instants of a request in the order in which they happen. */
const IN_ORDER = ['arrivedAtUs', 'queuedAtUs', 'scheduledAtUs', 'firstTokenAtUs', 'finishedAtUs'] as const;

/** Line of a row in its file: 1-based, after the header. */
const lineOf = (row: number): number => row + 2;

function checkArrival({ arrivedAtUs }: RequestColumns, row: number, file: string): void {
  const at = arrivedAtUs[row]!;
  const line = lineOf(row);
  if (at < 0)
    throw new TruelineError('TRACE_INVALID', `a request arrives at ${at} µs`, {
      file,
      line,
      hint: 'Count instants from the first arrival, which is 0.',
    });
  if (row > 0 && at < arrivedAtUs[row - 1]!)
    throw new TruelineError('TRACE_CLOCK', 'arrivals go backwards', {
      file,
      line,
      hint: 'Sort the rows by `arrivedAtUs`.',
    });
}

function checkOrder(requests: RequestColumns, row: number, file: string): void {
  let before: (typeof IN_ORDER)[number] = 'arrivedAtUs';
  for (const name of IN_ORDER) {
    const at = requests[name]?.[row] ?? NaN;
    if (Number.isNaN(at)) continue;
    if (at < requests[before]![row]!)
      throw new TruelineError('TRACE_CLOCK', `\`${name}\` lies before \`${before}\``, {
        file,
        line: lineOf(row),
        hint: 'Take all instants of a request from one clock, or leave the cell empty.',
      });
    before = name;
  }
}

/**
 * Refuses requests that arrive before the trace begins or out of order, and requests whose own instants are out of order.
 * Instants that are not known are passed over.
 * @throws TRACE_INVALID, TRACE_CLOCK with the line in `file`
 */
export function checkInstants(requests: RequestColumns, file: string): void {
  for (let row = 0; row < requests.count; row++) {
    checkArrival(requests, row, file);
    checkOrder(requests, row, file);
  }
}
