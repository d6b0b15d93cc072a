import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { calibrationLine } from '../../src/stats/calibration-line.js';

const values = fc.uniqueArray(fc.double({ min: 1, max: 1e4, noNaN: true }), { minLength: 3, maxLength: 20 });

describe('calibrationLine', () => {
  it('is the least-squares line: worked by hand', () => {
    // means 2 and 3; slope (−1·−1 + 0·−1 + 1·2)/2 = 1.5; intercept 3 − 3 = 0; residuals 0.5, −1, 0.5 of variance 6
    const line = calibrationLine([1, 2, 3], [2, 2, 5]);
    expect(line).toMatchObject({ n: 3, slope: 1.5 });
    expect(line?.intercept).toBeCloseTo(0, 12);
    expect(line?.r2).toBeCloseTo(1 - 1.5 / 6, 12);
  });

  test.prop([values, fc.double({ min: 0.5, max: 2, noNaN: true })])(
    'finds a constant factor as its slope, with nothing left over',
    (measured, factor) => {
      fc.pre(Math.max(...measured) - Math.min(...measured) > 1);
      const line = calibrationLine(
        measured,
        measured.map((value) => factor * value),
      );
      expect(line?.slope).toBeCloseTo(factor, 6);
      expect(line?.r2).toBeCloseTo(1, 6);
    },
  );

  it('has no line through two points or one value', () => {
    expect(calibrationLine([1, 2], [1, 2])).toBeUndefined();
    expect(calibrationLine([1, 1, 1], [1, 2, 3])).toBeUndefined();
  });
});
