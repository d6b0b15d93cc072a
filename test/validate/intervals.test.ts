import { describe, expect, test } from 'vitest';
import { readCatalog, type CoefficientSet } from '../../src/coefficients/index.js';
import { stepTimeSdRatio } from '../../src/coefficients/step-time-sd.js';
import { basisByName } from '../../src/basis/index.js';
import { buildRequests, simulate } from '../../src/engine/index.js';
import { latencyModel } from '../../src/coefficients/index.js';
import type { SyntheticWorkload } from '../../src/trace/experiment.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';
import { figureInterval } from '../../src/validate/intervals/figure-interval.js';
import { intervalCoverages } from '../../src/validate/intervals/interval-coverage.js';
import { simulatedIntervals } from '../../src/validate/index.js';
import type { LabelledRow } from '../../src/validate/labelled-rows.js';

const catalog = await readCatalog();
const set = catalog.coefficientSet('op-roofline');
const context = {
  arch: catalog.model('llama-3.1-8b-instruct'),
  gpu: catalog.gpu('H100'),
  kernels: catalog.kernels('H100'),
  server: { ...DEFAULT_SERVER, maxNumSeqs: 16 },
};
const load = (ratePerS: number): SyntheticWorkload => ({
  kind: 'synthetic',
  load: {
    kind: 'rate',
    gaps: { law: 'poisson' },
    fillStages: true,
    stages: [{ ratePerS, durationS: 40 }],
  },
  prompts: { questionTokens: { law: 'constant', value: 200 } },
  outputTokens: { law: 'constant', value: 100 },
});

function ttftInterval(ratePerS: number, coefficients: CoefficientSet = set) {
  const workload = load(ratePerS);
  const requests = buildRequests(workload, 0);
  const { trace } = simulate({
    ...context,
    requests,
    latency: latencyModel(coefficients, context),
    recordSteps: true,
  });
  return simulatedIntervals({ set: coefficients, context, workload, seed: 0, trace })[0]?.intervals
    .ttftMeanMs;
}

describe('intervals of a simulation', () => {
  test('are several times wider near the knee, where a small error of the step time fills the queue', () => {
    const calm = ttftInterval(4)!;
    const near = ttftInterval(22)!;
    expect(Math.log(near.high / near.low)).toBeGreaterThan(2 * Math.log(calm.high / calm.low));
  });

  test('are absent when the set does not say how uncertain it is', () => {
    const { uncertainty: _none, ...silent } = set;
    expect(ttftInterval(4, silent)).toBeUndefined();
  });
});

test('the spread of the step time follows from the covariance of its coefficients', () => {
  const { trace } = simulate({
    ...context,
    requests: buildRequests(load(2), 0),
    latency: latencyModel(set, context),
    recordSteps: true,
  });
  const basis = basisByName(set.basis);
  // one uncertain coefficient of 2 µs/layer in steps that are nothing but 100 µs/layer: 2 %
  const values = Object.fromEntries(basis.terms.map(({ name }) => [name, name === 'layer' ? 100 : 0]));
  const covariance = { terms: ['layer'], values: [[4]] };
  expect(stepTimeSdRatio(basis, values, covariance, context, trace.steps!)).toBeCloseTo(0.02, 6);
});

test('a metric nobody learnt has no interval, and seeds that differ widen it', () => {
  const spread = {
    stage: 'all' as const,
    slowerLogRatio: { e2eMeanMs: 0, e2eP50Ms: 0 },
    fasterLogRatio: { e2eMeanMs: 0, e2eP50Ms: 0 },
    frontLogSd: {},
  };
  const uncertainty = { ...set.uncertainty!, metricLogSd: { e2eMeanMs: 0.01 } };
  const at = (draws: readonly number[]) => figureInterval('e2eMeanMs', 100, draws, spread, uncertainty)!;
  expect(figureInterval('e2eP50Ms', 100, [100], spread, uncertainty)).toBeUndefined();
  expect(at([100]).high).toBeCloseTo(100 * Math.exp(0.016449), 3);
  expect(at([95, 105]).high).toBeGreaterThan(110);
});

const row = (measuredMs: number, interval?: { low: number; high: number }): LabelledRow => ({
  experiment: 'x',
  stage: 'all',
  metric: 'e2eMeanMs',
  measuredMs,
  predictedMs: 100,
  errorPct: 0,
  peersMs: {},
  verdict: 'below',
  labels: { split: 'test', model: 'm', gpu: 'g', workload: 'w', saturation: 'test, below' },
  ...(interval && { interval }),
});

test('coverage counts the rows whose measured figure lies inside', () => {
  const rows = [row(95, { low: 90, high: 110 }), row(120, { low: 80, high: 119 }), row(100)];
  expect(intervalCoverages(rows)).toEqual([
    { scope: 'runs', split: 'test', metric: 'e2eMeanMs', n: 2, inside: 1, medianHalfWidthPct: 14.75 },
    { scope: 'runs', split: 'test', metric: 'all', n: 2, inside: 1, medianHalfWidthPct: 14.75 },
  ]);
});

test('coverage is also counted by side of the knee, where rows lie on both', () => {
  const near: LabelledRow = { ...row(130, { low: 90, high: 110 }), verdict: 'near' };
  const coverages = intervalCoverages([row(95, { low: 90, high: 110 }), near]);
  expect(coverages.filter(({ verdict }) => verdict !== undefined)).toEqual([
    {
      scope: 'runs',
      split: 'test',
      metric: 'all',
      verdict: 'below',
      n: 1,
      inside: 1,
      medianHalfWidthPct: 10,
    },
    { scope: 'runs', split: 'test', metric: 'all', verdict: 'near', n: 1, inside: 0, medianHalfWidthPct: 10 },
  ]);
});
