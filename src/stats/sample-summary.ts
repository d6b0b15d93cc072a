import { mean, quantile } from 'simple-statistics';
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
 * Fan 1996, the default of numpy and R) and do not depend on the order of `values`; the mean is a compensated sum, so its
 * last bit may. Only the order statistics that are asked for are put in place: sorting would take five times as long.
 * @param what names the sample in the error, e.g. `TTFT of stage 1`
 * @throws SAMPLE_EMPTY when there are no values
 */
export function summarise(values: readonly number[], what: string): SampleSummary {
  if (values.length === 0) {
    throw new TruelineError('SAMPLE_EMPTY', `no values for ${what}`, {
      hint: 'Check that requests finished and that the source records this instant.',
    });
  }
  const [p50 = NaN, p90 = NaN, p99 = NaN] = quantile(values, [0.5, 0.9, 0.99]);
  return { n: values.length, mean: mean(values), p50, p90, p99 };
}
