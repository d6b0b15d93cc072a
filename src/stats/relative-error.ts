import { mean, quantileSorted } from 'simple-statistics';
import { TruelineError } from '../errors.js';

/** Signed relative error in %: positive when the prediction is too large. The measured value must not be 0. */
export const errorPct = (predicted: number, measured: number): number => 100 * (predicted / measured - 1);

/** A sample of relative errors, in %. */
export interface ErrorSummary {
  /** Errors summarised. */
  readonly n: number;
  /** Rows without a defined error: measured value 0 or either value not finite. */
  readonly excluded: number;
  /** Mean of |error| (MAPE). */
  readonly mapePct: number;
  /** Median of |error|, type 7. */
  readonly medianApePct: number;
  /** 90th percentile of |error|, type 7. */
  readonly p90ApePct: number;
  /** Mean of the signed error (MPE): the bias. */
  readonly mpePct: number;
}

/** One measured value and its prediction, in one unit. */
export interface PredictedPair {
  readonly measured: number;
  readonly predicted: number;
}

const hasError = (pair: PredictedPair): boolean =>
  pair.measured !== 0 && Number.isFinite(pair.measured) && Number.isFinite(pair.predicted);

/**
 * Errors of a set of predictions. Rows without a defined error are left out and counted.
 * @throws SAMPLE_EMPTY when no row is left: an empty sample has no error, least of all 0
 */
export function summariseErrors(pairs: readonly PredictedPair[]): ErrorSummary {
  const errors = pairs.filter(hasError).map((pair) => errorPct(pair.predicted, pair.measured));
  if (errors.length === 0) throw new TruelineError('SAMPLE_EMPTY', 'no predictions to compare');
  const sizes = errors.map(Math.abs).toSorted((a, b) => a - b);
  return {
    n: errors.length,
    excluded: pairs.length - errors.length,
    mapePct: mean(sizes),
    medianApePct: quantileSorted(sizes, 0.5),
    p90ApePct: quantileSorted(sizes, 0.9),
    mpePct: mean(errors),
  };
}
