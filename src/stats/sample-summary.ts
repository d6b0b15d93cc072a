import { mean, quantileSorted } from 'simple-statistics';
import { TruelineError } from '../errors.js';

/** Location and tail of a sample, in the unit of its values. */
export interface SampleSummary {
  readonly n: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/**
 * Mean and percentiles of a sample. Percentiles interpolate linearly between order statistics (type 7 of Hyndman and
 * Fan 1996, the default of numpy and R). The result does not depend on the order of `values`.
 * @param what names the sample in the error, e.g. `TTFT of stage 1`
 * @throws SAMPLE_EMPTY when there are no values
 */
export function summarise(values: Float64Array, what: string): SampleSummary {
  if (values.length === 0) {
    throw new TruelineError('SAMPLE_EMPTY', `no values for ${what}`, {
      hint: 'Check that requests finished and that the source records this instant.',
    });
  }
  const sorted = Array.from(values.toSorted());
  return {
    n: sorted.length,
    mean: mean(sorted),
    p50: quantileSorted(sorted, 0.5),
    p90: quantileSorted(sorted, 0.9),
    p99: quantileSorted(sorted, 0.99),
  };
}
