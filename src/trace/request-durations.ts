import { usToMs } from '../units.js';
import { REQUEST_STATUSES, type RequestColumns } from './trace.js';

/** Durations of single requests in ms, index-aligned with the trace; NaN where not finished or not known. */
export interface RequestDurations {
  readonly ttftMs: Float64Array;
  readonly itlMs: Float64Array;
  readonly e2eMs: Float64Array;
}

/** Index of `finished` in REQUEST_STATUSES: the only requests that metrics count. */
export const FINISHED = REQUEST_STATUSES.indexOf('finished');

/** A request must generate this many tokens to have a time between tokens. */
export const MIN_TOKENS_FOR_ITL = 2;

/**
 * TTFT, time per generated token and E2E of every request of a trace (definitions: `metrics.ts`), in one pass over typed
 * columns.
 */
export function requestDurations(requests: RequestColumns): RequestDurations {
  const { count, arrivedAtUs, firstTokenAtUs, finishedAtUs, outputTokens, status } = requests;
  const ttftMs = new Float64Array(count).fill(NaN);
  const itlMs = new Float64Array(count).fill(NaN);
  const e2eMs = new Float64Array(count).fill(NaN);
  for (let i = 0; i < count; i++) {
    if (status[i] !== FINISHED) continue;
    ttftMs[i] = usToMs(firstTokenAtUs[i]! - arrivedAtUs[i]!);
    e2eMs[i] = usToMs(finishedAtUs[i]! - arrivedAtUs[i]!);
    const tokens = outputTokens[i]!;
    if (tokens >= MIN_TOKENS_FOR_ITL) itlMs[i] = (e2eMs[i]! - ttftMs[i]!) / (tokens - 1);
  }
  return { ttftMs, itlMs, e2eMs };
}
