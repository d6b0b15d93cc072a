/** How many pairs a prediction puts in the measured order. */
export interface PairOrder {
  /** Pairs whose measured values differ by the dead band or more: only these are scored. */
  readonly scored: number;
  /** Pairs left out because their measured values are too close to say which is larger. */
  readonly inDeadBand: number;
  /** Scored pairs with equal predictions; each counts as half right. */
  readonly ties: number;
  /** (right + ties / 2) / scored, 0…1; absent when no pair is scored. */
  readonly accuracyRatio?: number;
}

/** Measured difference below which two runs are called equal: a repeated run differs by up to about this much. */
export const DEAD_BAND_RATIO = 0.02;

const outcome = (measuredGap: number, predictedGap: number): 'right' | 'tie' | 'wrong' =>
  predictedGap === 0 ? 'tie' : measuredGap > 0 === predictedGap > 0 ? 'right' : 'wrong';

/** `pairOrder` summed over several groups: pairs inside groups only. */
export function mergePairOrders(groups: readonly PairOrder[]): PairOrder {
  const total = (pick: (group: PairOrder) => number): number =>
    groups.reduce((sum, group) => sum + pick(group), 0);
  const scored = total((group) => group.scored);
  const right = total((group) => (group.accuracyRatio ?? 0) * group.scored);
  return {
    scored,
    inDeadBand: total((group) => group.inDeadBand),
    ties: total((group) => group.ties),
    ...(scored > 0 && { accuracyRatio: right / scored }),
  };
}

/**
 * Counts the pairs of index-aligned samples that `predicted` orders as `measured` does. A pair is scored when its
 * measured values differ by at least `deadBandRatio` of the larger magnitude. O(n²).
 */
export function pairOrder(
  measured: readonly number[],
  predicted: readonly number[],
  deadBandRatio: number = DEAD_BAND_RATIO,
): PairOrder {
  const count = { right: 0, tie: 0, wrong: 0, inDeadBand: 0 };
  for (let i = 0; i < measured.length; i++) {
    for (let j = i + 1; j < measured.length; j++) {
      const [a, b] = [measured[i]!, measured[j]!];
      const close = a === b || Math.abs(a - b) < deadBandRatio * Math.max(Math.abs(a), Math.abs(b));
      count[close ? 'inDeadBand' : outcome(a - b, predicted[i]! - predicted[j]!)]++;
    }
  }
  const scored = count.right + count.tie + count.wrong;
  return {
    scored,
    inDeadBand: count.inDeadBand,
    ties: count.tie,
    ...(scored > 0 && { accuracyRatio: (count.right + count.tie / 2) / scored }),
  };
}
