import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { kendallTauB } from '../../src/stats/kendall.js';

/** The definition, pair by pair: (concordant − discordant) / √((pairs − ties in x)(pairs − ties in y)). */
function kendallByCounting(x: readonly number[], y: readonly number[]): number | undefined {
  let balance = 0;
  let untiedX = 0;
  let untiedY = 0;
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const dx = Math.sign(x[i]! - x[j]!);
      const dy = Math.sign(y[i]! - y[j]!);
      balance += dx * dy;
      untiedX += dx * dx;
      untiedY += dy * dy;
    }
  }
  const scale = Math.sqrt(untiedX * untiedY);
  return scale === 0 ? undefined : balance / scale;
}

/** Few distinct values, so that ties in one or both samples are common. */
const tiedPairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })), {
  maxLength: 40,
});

describe('kendallTauB', () => {
  it('is 1 in equal order, −1 in reverse order', () => {
    expect(kendallTauB([1, 2, 3, 4], [10, 20, 30, 40])).toBe(1);
    expect(kendallTauB([1, 2, 3, 4], [4, 3, 2, 1])).toBe(-1);
  });

  it('matches a case worked by hand with ties in both samples', () => {
    // Pairs: 6, tied in x 1, in y 1; concordant 4, discordant 0, so 4 / √(5·5).
    expect(kendallTauB([1, 2, 2, 3], [1, 1, 2, 3])).toBeCloseTo(0.8, 12);
  });

  it('is undefined without two different values', () => {
    expect(kendallTauB([], [])).toBeUndefined();
    expect(kendallTauB([1], [1])).toBeUndefined();
    expect(kendallTauB([1, 1, 1], [1, 2, 3])).toBeUndefined();
  });

  test.prop([tiedPairs], { numRuns: 500 })('equals a count over all pairs', (pairs) => {
    const x = pairs.map(([a]) => a);
    const y = pairs.map(([, b]) => b);
    const counted = kendallByCounting(x, y);
    if (counted === undefined) expect(kendallTauB(x, y)).toBeUndefined();
    else expect(kendallTauB(x, y)).toBeCloseTo(counted, 12);
  });

  test.prop([tiedPairs])('is symmetric and changes sign with one sample', (pairs) => {
    const x = pairs.map(([a]) => a);
    const y = pairs.map(([, b]) => b);
    const tau = kendallTauB(x, y);
    expect(kendallTauB(y, x)).toBe(tau);
    if (tau !== undefined) {
      expect(
        kendallTauB(
          x.map((a) => -a),
          y,
        ),
      ).toBeCloseTo(-tau, 12);
    }
  });
});
