import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { mergePairOrders, pairOrder } from '../../src/stats/pair-order.js';
import { spearmanRho } from '../../src/stats/spearman.js';
import { topKRegretPct } from '../../src/stats/top-k-regret.js';

const positives = fc.array(fc.double({ min: 1, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 30 });

describe('pairOrder', () => {
  it('counts right, wrong, tied and too close pairs of a case worked by hand', () => {
    // Measured 100 and 101 are within 2 %. Of the other five pairs, (100, 200) is tied, (101, 200) wrong, the rest right.
    const order = pairOrder([100, 101, 200, 300], [5, 6, 5, 9]);
    expect(order).toEqual({ scored: 5, inDeadBand: 1, ties: 1, accuracyRatio: 3.5 / 5 });
  });

  it('has no accuracy when no pair is scored', () => {
    expect(pairOrder([100, 100.5], [1, 2])).toEqual({ scored: 0, inDeadBand: 1, ties: 0 });
    expect(pairOrder([], [])).toEqual({ scored: 0, inDeadBand: 0, ties: 0 });
  });

  it('never scores pairs of equal measurements, even without a dead band', () => {
    expect(pairOrder([7, 7], [1, 2], 0).scored).toBe(0);
  });

  test.prop([positives])('is 1 for any increasing prediction and counts every pair', (measured) => {
    const order = pairOrder(
      measured,
      measured.map((value) => 3 * value + 1),
    );
    expect(order.scored + order.inDeadBand).toBe((measured.length * (measured.length - 1)) / 2);
    if (order.scored > 0) expect(order.accuracyRatio).toBe(1);
  });

  test.prop([positives, positives])('right in one order is wrong in the reverse', (measured, noise) => {
    const predicted = measured.map((_, i) => noise[i % noise.length]!);
    const forward = pairOrder(measured, predicted);
    const backward = pairOrder(
      measured,
      predicted.map((value) => -value),
    );
    if (forward.accuracyRatio !== undefined) {
      expect(forward.accuracyRatio + backward.accuracyRatio!).toBeCloseTo(1, 12);
    }
  });
});

describe('mergePairOrders', () => {
  it('weighs groups by their scored pairs', () => {
    const merged = mergePairOrders([
      { scored: 1, inDeadBand: 2, ties: 0, accuracyRatio: 0 },
      { scored: 3, inDeadBand: 0, ties: 1, accuracyRatio: 1 },
      { scored: 0, inDeadBand: 1, ties: 0 },
    ]);
    expect(merged).toEqual({ scored: 4, inDeadBand: 3, ties: 1, accuracyRatio: 0.75 });
  });
});

describe('topKRegretPct', () => {
  it('is what the predicted best costs over the true best', () => {
    expect(topKRegretPct([100, 120, 90], [1, 2, 3], 1)).toBeCloseTo(100 * (100 / 90 - 1), 12);
    expect(topKRegretPct([100, 120, 90], [1, 2, 3], 3)).toBe(0);
  });

  it('takes the worse one where equal predictions straddle the cut', () => {
    expect(topKRegretPct([100, 150], [1, 1], 1)).toBe(50);
    expect(topKRegretPct([150, 100], [1, 1], 1)).toBe(50);
  });

  it('refuses an empty choice', () => {
    expect(() => topKRegretPct([], [], 1)).toThrow(expect.objectContaining({ code: 'SAMPLE_EMPTY' }));
  });

  test.prop([positives])('is 0 for a perfect prediction and never grows with k', (measured) => {
    expect(topKRegretPct(measured, measured, 1)).toBe(0);
    const reversed = measured.map((value) => -value);
    const regrets = measured.map((_, k) => topKRegretPct(measured, reversed, k + 1));
    expect(regrets).toEqual(regrets.toSorted((a, b) => b - a));
  });
});

describe('spearmanRho', () => {
  it('averages the ranks of ties', () => {
    // SciPy 1.11, stats.spearmanr([1, 2, 2, 3], [1, 2, 3, 4]).statistic
    expect(spearmanRho([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(0.9486832980505138, 12);
  });

  it('is undefined without variance', () => {
    expect(spearmanRho([1, 1], [1, 2])).toBeUndefined();
    expect(spearmanRho([1], [2])).toBeUndefined();
  });
});
