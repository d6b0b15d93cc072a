import { TruelineError } from '../errors.js';

/**
 * What choosing by prediction costs: the best measured value among the `k` items predicted lowest, relative to the best
 * there is, as a percentage (0 = the true best is among them). Lower values are better; where equal predictions
 * straddle the cut, the ones that measured worst are taken, so the result does not depend on the order of the items.
 * @throws SAMPLE_EMPTY without items
 */
export function topKRegretPct(measured: readonly number[], predicted: readonly number[], k: number): number {
  if (measured.length === 0) throw new TruelineError('SAMPLE_EMPTY', 'no items to choose from');
  const chosen = measured
    .map((value, i) => ({ measured: value, predicted: predicted[i]! }))
    .toSorted((a, b) => a.predicted - b.predicted || b.measured - a.measured)
    .slice(0, k);
  const best = measured.reduce((low, value) => Math.min(low, value), Infinity);
  const got = chosen.reduce((low, item) => Math.min(low, item.measured), Infinity);
  return 100 * (got / best - 1);
}
