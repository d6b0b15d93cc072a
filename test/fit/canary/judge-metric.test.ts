import { describe, expect, it } from 'vitest';
import type { CanaryRun } from '../../../src/fit/index.js';
import { judgeMetric } from '../../../src/fit/canary/judge-metric.js';

const run = (
  experiment: string,
  configuration: string,
  errorLog: number,
  gradient: Readonly<Record<string, number>> = {},
): CanaryRun => ({
  experiment,
  configuration,
  figures: [{ metric: 'itlMeanMs', errorLog, ownLogSd: 0.01, gradient }],
  rows: [],
});
const NO_COVARIANCE = { terms: [], values: [] };
const judge = (runs: readonly CanaryRun[], tolerancePct = 5) =>
  judgeMetric('itlMeanMs', runs, NO_COVARIANCE, { noisePct: 1, tolerancePct })!;

describe('judgeMetric', () => {
  it('averages configurations, whose runs share the error of the set and not the noise', () => {
    const found = judge([run('a', 'x', 0.01), run('b', 'x', 0.03), run('c', 'y', 0)]);
    // x: mean 0.02, variance 0.01² + 0.01²/2; y: 0, 0.01² + 0.01²; sd of the mean √(1.5e-4 + 2e-4)/2 = 0.009354
    expect(found).toMatchObject({ runs: 3, configurations: 2 });
    expect(found.meanErrorPct).toBeCloseTo(100 * Math.expm1(0.01), 9);
    expect(found.errorSds).toBeCloseTo(0.01 / (Math.sqrt(3.5e-4) / 2), 9);
    expect(found.interval.high).toBeCloseTo(
      100 * Math.expm1(0.01 + (1.6448536269514722 * Math.sqrt(3.5e-4)) / 2),
      9,
    );
  });

  it('adds what configurations share of the errors of coefficients, with their correlation', () => {
    const covariance = {
      terms: ['a', 'b'],
      values: [
        [4, -4],
        [-4, 4],
      ],
    };
    const noise = { noisePct: 0, tolerancePct: 5 };
    const opposed = [run('1', 'x', 0.02, { a: 0.01, b: 0 }), run('2', 'y', 0.02, { a: 0, b: 0.01 })];
    // the mean gradient is along a + b, whose error is 0: only 0.01/√2 is left
    expect(judgeMetric('itlMeanMs', opposed, covariance, noise)!.errorSds).toBeCloseTo(2 * Math.SQRT2, 9);
    const alike = opposed.map((each) => ({
      ...each,
      figures: each.figures.map((figure) => ({ ...figure, gradient: { a: 0.01 } })),
    }));
    expect(judgeMetric('itlMeanMs', alike, covariance, noise)!.errorSds).toBeCloseTo(
      0.02 / Math.hypot(0.02, 0.01 / Math.SQRT2),
      9,
    );
  });

  it.each([
    [0.06, 5, 'drifted'],
    [-0.06, 5, 'drifted'],
    [0.02, 5, 'still true'],
    [0.02, 3, 'too noisy'],
  ])('an error of %d with a tolerance of %d %% is %s', (errorLog, tolerancePct, verdict) => {
    expect(judge([run('a', 'x', errorLog)], tolerancePct).verdict).toBe(verdict);
  });

  it('has nothing to say of a metric no run has', () => {
    expect(
      judgeMetric('ttftMeanMs', [run('a', 'x', 0)], NO_COVARIANCE, { noisePct: 1, tolerancePct: 5 }),
    ).toBe(undefined);
  });
});
