import { describe, expect, test } from 'vitest';
import { priceWith } from '../../src/coefficients/price.js';
import type { LatencyModel } from '../../src/coefficients/latency-model.js';
import { fitBenchmarks, fittedValues, type BenchmarkFitInput, type Simulate } from '../../src/fit/index.js';
import type { Experiment } from '../../src/trace/experiment.js';
import { groupMetrics } from '../../src/trace/metrics.js';
import { PLANTED, TOY_BASIS } from './toy-basis.js';
import { toyBenchmark, toyContextOf, toySimulate } from './toy-benchmark.js';

const EXPERIMENTS = [
  toyBenchmark('busy', { layers: 10, gapsUs: [6000, 2500], promptTokens: 40 }),
  toyBenchmark('calm', { layers: 20, gapsUs: [40_000], promptTokens: 200 }),
  toyBenchmark('long', { layers: 30, gapsUs: [9000, 4000], promptTokens: 10 }),
];
const INPUT: BenchmarkFitInput = {
  basis: TOY_BASIS,
  contextOf: toyContextOf,
  simulate: toySimulate,
  experiments: EXPERIMENTS,
};
const simulateSlower: Simulate = (experiment, latency, seed) => {
  const stepUs: LatencyModel['stepUs'] = (batch) => 1.001 * latency.stepUs(batch);
  return toySimulate(experiment, { ...latency, stepUs }, seed);
};
const simulateMisindexed: Simulate = (experiment, latency, seed) => {
  const trace = toySimulate(experiment, latency, seed);
  const last = trace.steps!.count - 1;
  const finishedStep = trace.requests.finishedStep!.map((step) => Math.min(step + 1, last));
  return { ...trace, requests: { ...trace.requests, finishedStep } };
};
const errorCode = (code: string): unknown => expect.objectContaining({ code });

describe('fitBenchmarks', () => {
  test('recovers planted coefficients from stage means alone', () => {
    const result = fitBenchmarks(INPUT, { priorNoiseRatio: 1e-4, maxIterations: 20 });
    const values = fittedValues(result);
    for (const [name, planted] of Object.entries(PLANTED)) {
      expect(Math.abs(values[name]! / planted - 1)).toBeLessThan(0.06);
    }
    for (const { errors } of result.trainErrors) expect(errors.mapePct).toBeLessThan(2);
    expect(result.rowsUsed).toBe(10);
  });

  test('stands still at the planted coefficients', () => {
    const result = fitBenchmarks(INPUT, { priorNoiseRatio: 1e-6, start: PLANTED });
    expect(result.iterations.length).toBe(1);
    const values = fittedValues(result);
    for (const [name, planted] of Object.entries(PLANTED)) expect(values[name]).toBeCloseTo(planted, 3);
    expect(result.diagnostics).toEqual([]);
  });

  test('gives the same answer whatever order the experiments come in, and on a second run', () => {
    const once = fittedValues(fitBenchmarks(INPUT));
    expect(fittedValues(fitBenchmarks(INPUT))).toEqual(once);
    const reversed = fittedValues(fitBenchmarks({ ...INPUT, experiments: EXPERIMENTS.toReversed() }));
    for (const [name, value] of Object.entries(once)) expect(reversed[name]).toBeCloseTo(value, 3);
  });

  test('keeps the test split out unless it is only scored', () => {
    const unseen: Experiment = { ...EXPERIMENTS[1]!, split: 'test' };
    const experiments = [EXPERIMENTS[0]!, unseen, EXPERIMENTS[2]!];
    expect(() => fitBenchmarks({ ...INPUT, experiments })).toThrow(errorCode('FIT_INVALID'));
    const result = fitBenchmarks({ ...INPUT, experiments }, { heldOut: ['calm'] });
    const without = fitBenchmarks({ ...INPUT, experiments: [EXPERIMENTS[0]!, EXPERIMENTS[2]!] });
    expect(fittedValues(result)).toEqual(fittedValues(without));
    expect(result.heldOutErrors.map(({ group }) => group)).toContain('calm');
    expect(result.trainErrors.map(({ group }) => group)).not.toContain('calm');
  });

  test('leaves the TTFT of a saturated stage out, and says so', () => {
    const flooded = toyBenchmark('flooded', { layers: 10, gapsUs: [100], promptTokens: 40, maxNumSeqs: 4 });
    const result = fitBenchmarks({ ...INPUT, experiments: [...EXPERIMENTS, flooded] });
    expect(result.diagnostics).toContainEqual(
      expect.objectContaining({ code: 'FIT_STAGE_SATURATED', kind: 'dropped', count: 1 }),
    );
    expect(result.rowsUsed).toBe(11);
  });

  test('lists every row: its share of its experiment, and how far re-weighting turned it down', () => {
    const [busy, calm] = EXPERIMENTS;
    const measured = calm!.measured.map(({ stage, metrics }) => ({
      stage,
      metrics: { ...metrics, ttftMeanMs: 3 * metrics.ttftMeanMs! },
    }));
    const { residuals } = fitBenchmarks({ ...INPUT, experiments: [busy!, { ...calm!, measured }] });
    expect(residuals!.map(({ group, kind, weight }) => [group, kind, weight])).toEqual([
      ['busy', 'decode', 0.5],
      ['busy', 'ttft', 0.2],
      ['busy', 'decode', 0.5],
      ['busy', 'ttft', 0.2],
      ['calm', 'decode', 1],
      ['calm', 'ttft', 0.4],
    ]);
    expect(residuals!.at(-1)!.errorPct).toBeLessThan(-20);
    expect(residuals!.at(-1)!.robustness).toBeCloseTo(5 / Math.abs(residuals!.at(-1)!.errorPct), 6);
  });

  test('says which figures it lacks', () => {
    const measured = EXPERIMENTS[1]!.measured.map(({ stage, metrics: { itlMeanMs } }) => ({
      stage,
      metrics: { itlMeanMs: itlMeanMs! },
    }));
    const whole = {
      ...EXPERIMENTS[2]!,
      measured: EXPERIMENTS[2]!.measured.filter(({ stage }) => stage === 'all'),
    };
    const experiments = [EXPERIMENTS[0]!, { ...EXPERIMENTS[1]!, measured }, whole];
    const { diagnostics } = fitBenchmarks({ ...INPUT, experiments });
    const dropped = diagnostics.filter(({ kind }) => kind === 'dropped');
    expect(dropped.map(({ code, count }) => [code, count])).toEqual([
      ['FIT_NOT_MEASURED', 1],
      ['FIT_NO_STAGES', 1],
    ]);
  });

  test('refuses a simulator that prices steps differently from its own latency model', () => {
    expect(() => fitBenchmarks({ ...INPUT, simulate: simulateSlower })).toThrow(/its terms add up to/u);
  });

  test('refuses step indices that do not match the instants', () => {
    expect(() => fitBenchmarks({ ...INPUT, simulate: simulateMisindexed })).toThrow(/parts add up to/u);
  });

  test('says when it stopped before the predictions stood still', () => {
    const { diagnostics } = fitBenchmarks(INPUT, { maxIterations: 1 });
    expect(diagnostics).toContainEqual(expect.objectContaining({ code: 'FIT_NOT_CONVERGED', kind: 'doubt' }));
  });

  test('tells how far it is, simulation by simulation', () => {
    const seen: string[] = [];
    fitBenchmarks(INPUT, {
      maxIterations: 2,
      onProgress: ({ iteration, experiment }) => seen.push(`${iteration}/${experiment}`),
    });
    expect(seen).toEqual(['1/busy', '1/calm', '1/long', '2/busy', '2/calm', '2/long']);
  });

  test('its toy measurements are what the planted coefficients simulate', () => {
    const [experiment] = EXPERIMENTS;
    const trace = toySimulate(experiment!, priceWith(TOY_BASIS, PLANTED, toyContextOf(experiment!)), 1);
    expect(experiment!.measured[0]!.metrics).toEqual(groupMetrics(trace, 0).metrics);
  });
});
