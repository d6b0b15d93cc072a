import { TruelineError } from '../../errors.js';
import { errorPct, summariseErrors, type ErrorSummary } from '../../stats/relative-error.js';
import { summarise } from '../../stats/sample-summary.js';
import { FINISHED, requestDurations, type RequestDurations } from '../../trace/request-durations.js';
import type { RequestColumns } from '../../trace/trace.js';

/** What single requests are compared by, as columns of `RequestDurations`. */
const MEASURES = { e2e: 'e2eMs', itl: 'itlMs', ttft: 'ttftMs' } as const;
export type RequestMeasure = keyof typeof MEASURES;
export const REQUEST_MEASURES = ['e2e', 'itl', 'ttft'] as const satisfies readonly RequestMeasure[];

/** One percentile of the same requests, measured and simulated. */
interface PercentilePair {
  readonly percentile: 'p50' | 'p90' | 'p99';
  readonly measuredMs: number;
  readonly predictedMs: number;
  readonly errorPct: number;
}

/** How one measure of single requests was predicted. */
export interface RequestErrors {
  readonly measure: RequestMeasure;
  /** Over requests, each against itself. */
  readonly perRequest: ErrorSummary;
  /** Over the distribution of the same requests, in any order. */
  readonly percentiles: readonly PercentilePair[];
}

const PERCENTILES = ['p50', 'p90', 'p99'] as const;

/**
 * Compares the requests of two runs of one load, row by row: those that finished in both. A measure no such request has is
 * left out (ITL of one-token responses, TTFT of a source without it).
 * @throws SAMPLE_EMPTY when no request finished in both
 */
export function compareRequests(
  measured: RequestColumns,
  simulated: RequestColumns,
): readonly RequestErrors[] {
  const rows = Array.from({ length: measured.count }, (_, row) => row).filter(
    (row) => measured.status[row] === FINISHED && simulated.status[row] === FINISHED,
  );
  if (rows.length === 0)
    throw new TruelineError('SAMPLE_EMPTY', 'no request finished in the measurement and in the simulation', {
      hint: 'Look at the counts of failed and unfinished requests with `trueline inspect`.',
    });
  const [truth, prediction] = [requestDurations(measured), requestDurations(simulated)];
  return REQUEST_MEASURES.flatMap((measure) => compareMeasure(measure, truth, prediction, rows));
}

function compareMeasure(
  measure: RequestMeasure,
  truth: RequestDurations,
  prediction: RequestDurations,
  rows: readonly number[],
): RequestErrors[] {
  const column = MEASURES[measure];
  const pairs = rows
    .map((row) => ({ measured: truth[column][row]!, predicted: prediction[column][row]! }))
    .filter(({ measured, predicted }) => !Number.isNaN(measured) && !Number.isNaN(predicted));
  if (pairs.length === 0) return [];
  const before = summarise(
    pairs.map((pair) => pair.measured),
    measure,
  );
  const after = summarise(
    pairs.map((pair) => pair.predicted),
    measure,
  );
  const percentiles = PERCENTILES.map((percentile) => ({
    percentile,
    measuredMs: before[percentile],
    predictedMs: after[percentile],
    errorPct: errorPct(after[percentile], before[percentile]),
  }));
  return [{ measure, perRequest: summariseErrors(pairs), percentiles }];
}
