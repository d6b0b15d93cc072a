import { describe, expect, test } from 'vitest';
import { normal } from './normal.js';
import { learnUncertainty } from '../../src/fit/index.js';
import { covers, learnSpreads, unseenCoverage } from '../../src/fit/uncertainty/calibrate.js';
import type { UnseenResidual } from '../../src/fit/uncertainty/unseen-residuals.js';
import { PLANTED, TOY_BASIS } from './toy-basis.js';
import { toyBenchmark, toyContextOf, toySimulate } from './toy-benchmark.js';

const residual = (
  metric: UnseenResidual['metric'],
  logRatio: number,
  known: Partial<UnseenResidual> = {},
): UnseenResidual => ({
  model: 'm',
  experiment: 'e',
  stage: 'all',
  metric,
  logRatio,
  stepSensitivity: 1,
  coefficientSd: 0,
  frontSd: 0,
  frontSensitivity: 0,
  ...known,
});

/** Residuals of steps 2 % off at random and a TTFT that doubles that error and adds 5 % of its own. */
function drawn(count: number, seed: number): UnseenResidual[] {
  const next = normal(seed);
  return Array.from({ length: count }, (_, i) => {
    const model = `model ${i % 5}`;
    const step = 0.02 * next();
    return [
      residual('itlMeanMs', step, { model }),
      residual('ttftMeanMs', 2 * step + 0.05 * next(), { model, stepSensitivity: 2 }),
    ];
  }).flat();
}

describe('learnSpreads', () => {
  test('finds the spreads residuals were drawn with', () => {
    const { stepTimeLogSd, metricLogSd } = learnSpreads(drawn(4000, 1));
    expect(stepTimeLogSd).toBeCloseTo(0.02, 2);
    expect(metricLogSd.itlMeanMs).toBe(0);
    expect(metricLogSd.ttftMeanMs).toBeCloseTo(0.05, 1);
  });

  test('covers 90 % of residuals it has not seen', () => {
    const spreads = learnSpreads(drawn(1000, 1));
    const fresh = drawn(4000, 2);
    const coverage = fresh.filter((one) => covers(spreads, one)).length / fresh.length;
    expect(coverage).toBeGreaterThan(0.87);
    expect(coverage).toBeLessThan(0.94);
    expect(unseenCoverage(drawn(1000, 3))).toBeCloseTo(0.9, 1);
  });

  test('takes off what coefficients and front end already explain', () => {
    const known = { coefficientSd: 0.03, frontSd: 0 };
    const itl = [1, 2, 3].map((size) => residual('itlMeanMs', 0.01 * size, known));
    expect(learnSpreads(itl).stepTimeLogSd).toBe(0);
    // the largest of three residuals is 1.645 spreads away: √((0.1/1.645)² − 0.03²) = 0.0529
    expect(learnSpreads([residual('itlMeanMs', 0.1, known)]).stepTimeLogSd).toBeCloseTo(0.0529, 4);
  });
});

describe('learnUncertainty', () => {
  const input = { basis: TOY_BASIS, contextOf: toyContextOf, simulate: toySimulate };
  const experiments = [
    toyBenchmark('ten', { layers: 10, gapsUs: [6000, 2500], promptTokens: 40 }),
    toyBenchmark('thirty', { layers: 30, gapsUs: [9000, 4000], promptTokens: 10 }),
  ];

  test('is small where the model is right, and larger where measurements are off', () => {
    const exact = learnUncertainty({ ...input, experiments }, { start: PLANTED })!;
    const off = experiments.map((experiment, i) => ({
      ...experiment,
      measured: experiment.measured.map(({ stage, metrics }) => ({
        stage,
        metrics: { ...metrics, ttftMeanMs: metrics.ttftMeanMs! * (i === 0 ? 1.2 : 0.8) },
      })),
    }));
    const wrong = learnUncertainty({ ...input, experiments: off }, { start: PLANTED })!;
    expect(exact.models).toBe(2);
    expect(exact.metricLogSd.ttftMeanMs).toBeLessThan(0.03);
    expect(wrong.metricLogSd.ttftMeanMs).toBeGreaterThan(0.08);
    expect(exact.covariance.values.length).toBe(exact.covariance.terms.length);
  });

  test('knows nothing of unseen models from one model', () => {
    expect(learnUncertainty({ ...input, experiments: experiments.slice(0, 1) })).toBeUndefined();
  });
});
