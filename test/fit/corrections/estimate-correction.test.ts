import * as fc from 'fast-check';
import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { estimateCorrection } from '../../../src/fit/corrections/estimate-correction.js';
import type { MeasuredRun } from '../../../src/fit/corrections/measured-runs.js';
import { madeUpRun, plantedRun, type MadeUpFigure } from './measured-run.js';

const SPREADS = { stepTimeLogSd: 0.02, metricLogSd: { itlMeanMs: 0.01, ttftMeanMs: 0.05 } };
const PRIOR = { stepLogSd: 0.04, frontLogSd: 0.2 };
const PLANTED = { stepLog: 0.03, frontLog: -0.1 };

const figure: fc.Arbitrary<MadeUpFigure> = fc.record({
  metric: fc.constantFrom('itlMeanMs' as const, 'ttftMeanMs' as const),
  logRatio: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
  stepSensitivity: fc.double({ min: 0, max: 5, noNaN: true }),
  frontSensitivity: fc.double({ min: 0, max: 1, noNaN: true }),
});
const someRuns = fc
  .array(fc.array(figure, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })
  .map((runs) => runs.map((figures, i) => madeUpRun(`${i}`, `${i}`, figures)));

/** The posterior mean as written: a normal law of all figures together, its covariance in full. */
function oracle(runs: readonly MeasuredRun[]): readonly [number, number] {
  const rows = runs.flatMap(({ residuals }, run) => residuals.map((residual) => ({ ...residual, run })));
  const design = new Matrix(rows.map((row) => [row.stepSensitivity, row.frontSensitivity]));
  const covariance = new Matrix(
    rows.map((a, i) =>
      rows.map((b, j) => {
        const own = i === j ? (a.metric === 'itlMeanMs' ? 0.01 : 0.05) ** 2 : 0;
        return own + (a.run === b.run ? 0.02 ** 2 * a.stepSensitivity * b.stepSensitivity : 0);
      }),
    ),
  );
  const weighed = design.transpose().mmul(inverse(covariance));
  const precision = weighed.mmul(design).add(Matrix.diag([1 / 0.04 ** 2, 1 / 0.2 ** 2]));
  const mean = inverse(precision)
    .mmul(weighed)
    .mmul(Matrix.columnVector(rows.map(({ logRatio }) => logRatio)));
  return [mean.get(0, 0), mean.get(1, 0)];
}

describe('estimateCorrection', () => {
  test('without data is the prior: no correction', () => {
    expect(estimateCorrection([], SPREADS, PRIOR)).toEqual({
      stepLog: 0,
      stepLogSd: 0.04,
      frontLog: 0,
      frontLogSd: 0.2,
    });
  });

  test('recovers planted scales from many runs that agree', () => {
    const runs = Array.from({ length: 2000 }, (_, i) => plantedRun(`${i}`, `${i}`, PLANTED));
    const { stepLog, frontLog, stepLogSd } = estimateCorrection(runs, SPREADS, PRIOR);
    expect(stepLog).toBeCloseTo(0.03, 4);
    expect(frontLog).toBeCloseTo(-0.1, 2);
    expect(stepLogSd).toBeLessThan(0.001);
  });

  test('is the posterior mean of the model, worked out the slow way', () => {
    fc.assert(
      fc.property(someRuns, (runs) => {
        const { stepLog, frontLog } = estimateCorrection(runs, SPREADS, PRIOR);
        const [step, front] = oracle(runs);
        expect(stepLog).toBeCloseTo(step, 8);
        expect(frontLog).toBeCloseTo(front, 8);
      }),
    );
  });

  test('corrects less the noisier the runs', () => {
    const runs = [0.05, 0.02].map((logRatio, i) =>
      madeUpRun(`${i}`, `${i}`, [{ metric: 'itlMeanMs', logRatio }]),
    );
    const sd = fc.double({ min: 0, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(sd, sd, (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map(
          (stepTimeLogSd) => estimateCorrection(runs, { ...SPREADS, stepTimeLogSd }, PRIOR).stepLog,
        );
        expect(more!).toBeLessThanOrEqual(less! + 1e-12);
        expect(more!).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('one run, by hand: 0.06 · 0.04² ÷ (0.04² + 0.02² + 0.01²)', () => {
    const run = madeUpRun('one', 'load', [{ metric: 'itlMeanMs', logRatio: 0.06 }]);
    expect(estimateCorrection([run], SPREADS, PRIOR).stepLog).toBeCloseTo(0.06 * (16 / 21), 10);
  });

  test('holds a scale whose prior has no spread', () => {
    const runs = [plantedRun('a', 'a', PLANTED)];
    expect(estimateCorrection(runs, SPREADS, { stepLogSd: 0, frontLogSd: 0.2 }).stepLog).toBe(0);
    expect(estimateCorrection(runs, SPREADS, { stepLogSd: 0.04, frontLogSd: 0 }).frontLog).toBe(-0);
  });

  test('reads single stages rather than the whole run, and no percentile', () => {
    const wrong = { stage: 'all', logRatio: 1 } as const;
    const run = madeUpRun('one', 'load', [
      { metric: 'itlMeanMs', stage: 0, logRatio: 0 },
      { metric: 'itlMeanMs', ...wrong },
      { metric: 'ttftP99Ms', stage: 0, logRatio: 1 },
      { metric: 'e2eMeanMs', stage: 0, logRatio: 1 },
    ]);
    expect(estimateCorrection([run], SPREADS, PRIOR).stepLog).toBe(0);
  });
});
