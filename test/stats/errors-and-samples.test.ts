import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { bootstrapInterval } from '../../src/stats/bootstrap.js';
import { errorPct, summariseErrors } from '../../src/stats/relative-error.js';
import { summarise } from '../../src/stats/sample-summary.js';

describe('summarise', () => {
  it('gives numpy percentiles', () => {
    // numpy 1.26: np.percentile(range(1, 11), [50, 90, 99]) = 5.5, 9.1, 9.91
    const summary = summarise([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 'test');
    expect(summary.n).toBe(10);
    expect(summary.mean).toBe(5.5);
    expect(summary.p50).toBe(5.5);
    expect(summary.p90).toBeCloseTo(9.1, 12);
    expect(summary.p99).toBeCloseTo(9.91, 12);
  });

  it('refuses an empty sample', () => {
    expect(() => summarise([], 'TTFT')).toThrow(expect.objectContaining({ code: 'SAMPLE_EMPTY' }));
  });
});

describe('summariseErrors', () => {
  it('matches a case worked by hand and counts what has no error', () => {
    const summary = summariseErrors([
      { measured: 100, predicted: 110 },
      { measured: 100, predicted: 80 },
      { measured: 50, predicted: 52 },
      { measured: 0, predicted: 1 },
      { measured: 10, predicted: NaN },
    ]);
    expect(summary.n).toBe(3);
    expect(summary.excluded).toBe(2);
    expect(summary.medianApePct).toBeCloseTo(10, 9);
    expect(summary.mapePct).toBeCloseTo(34 / 3, 9);
    expect(summary.mpePct).toBeCloseTo(-6 / 3, 9);
    expect(summary.p90ApePct).toBeCloseTo(18, 9);
  });

  it('refuses to score nothing', () => {
    expect(() => summariseErrors([{ measured: 0, predicted: 1 }])).toThrow(
      expect.objectContaining({ code: 'SAMPLE_EMPTY' }),
    );
  });

  test.prop([
    fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
    fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
  ])('does not depend on the unit', (measured, factor) => {
    expect(errorPct(1.1 * measured * factor, measured * factor)).toBeCloseTo(10, 6);
  });
});

const sawtooth = (): (() => number) => {
  let i = 0;
  return () => ((i++ * 7919) % 10007) / 10007;
};
const middle = (sample: readonly number[]): number => sample.reduce((sum, x) => sum + x, 0) / sample.length;

describe('bootstrapInterval', () => {
  it('surrounds the mean and is exact for a constant sample', () => {
    const items = Array.from({ length: 40 }, (_, i) => i);
    const interval = bootstrapInterval(items, middle, sawtooth())!;
    expect(interval.low).toBeLessThan(19.5);
    expect(interval.high).toBeGreaterThan(19.5);
    expect(bootstrapInterval([3, 3, 3], middle, sawtooth())).toEqual({ low: 3, high: 3 });
  });

  it('is undefined for too few items or a statistic that is never defined', () => {
    expect(bootstrapInterval([1, 2], middle, sawtooth())).toBeUndefined();
    expect(bootstrapInterval([1, 2, 3], () => undefined, sawtooth())).toBeUndefined();
  });
});
