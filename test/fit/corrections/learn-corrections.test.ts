import { describe, expect, test } from 'vitest';
import { correctLatency, priceWith, type CoefficientSet } from '../../../src/coefficients/index.js';
import { learnCorrections } from '../../../src/fit/index.js';
import type { Experiment } from '../../../src/trace/experiment.js';
import { groupMetrics } from '../../../src/trace/metrics.js';
import { refusal } from '../../refusal.js';
import { PLANTED, TOY_BASIS } from '../toy-basis.js';
import { toyBenchmark, toyContextOf, toySimulate } from '../toy-benchmark.js';

/** The planted coefficients as a set that knows how far it is off. */
const SET: CoefficientSet = {
  formatVersion: 1,
  name: 'toy',
  description: '',
  basis: 'toy',
  entries: Object.fromEntries(
    Object.entries(PLANTED).map(([name, value]) => [
      name,
      { value, unit: '', atBound: false, method: 'fitted', scope: {}, sources: [], rationale: '' } as const,
    ]),
  ),
  uncertainty: {
    covariance: { terms: [], values: [] },
    stepTimeLogSd: 0.003,
    metricLogSd: { ttftMeanMs: 0.01 },
    models: 2,
    figures: 10,
    unseenCoverageRatio: 0.9,
    correctionPrior: { stepLogSd: 0.08, frontLogSd: 0.4 },
  },
};

/** The experiment as measured on a machine whose steps and front end are slower. */
function slower(experiment: Experiment, stepScaleRatio: number, frontScaleRatio: number): Experiment {
  const general = priceWith(TOY_BASIS, PLANTED, toyContextOf(experiment));
  const latency = correctLatency(general, { stepScaleRatio, stepOffsetUs: 0, frontScaleRatio });
  const trace = toySimulate(experiment, latency, 0);
  const measured = experiment.measured.map(({ stage }) => ({
    stage,
    metrics: groupMetrics(trace, stage).metrics,
  }));
  return { ...experiment, measured };
}

const TEN = [
  toyBenchmark('busy', { layers: 10, gapsUs: [9000, 6000], promptTokens: 40 }),
  toyBenchmark('calm', { layers: 10, gapsUs: [40_000], promptTokens: 100 }),
  toyBenchmark('long', { layers: 10, gapsUs: [60_000], promptTokens: 200 }),
].map((experiment) => slower(experiment, 1.04, 1.2));
const TWENTY = toyBenchmark('twenty', { layers: 20, gapsUs: [40_000], promptTokens: 200 });

const learn = (experiments: readonly Experiment[], set = SET, heldOut: readonly string[] = []) =>
  learnCorrections({ basis: TOY_BASIS, contextOf: toyContextOf, simulate: toySimulate, experiments }, set, {
    heldOut,
    sourcesOf: () => [{ name: 'toy' }],
  });

describe('learnCorrections', () => {
  test('finds what was planted, and nothing where nothing was', () => {
    const [ten, twenty] = learn([...TEN, TWENTY]);
    expect(ten!.correction).toMatchObject({
      scope: { model: 'toy-10', gpu: 'toy-gpu', tensorParallelSize: 1 },
      experiments: ['busy', 'calm', 'long'],
      sources: [{ name: 'toy', rowsUsed: 8, rowsDropped: 0 }],
    });
    expect(ten!.correction.stepScaleRatio).toBeCloseTo(1.04, 2);
    expect(ten!.correction.frontScaleRatio).toBeGreaterThan(1.1);
    expect(ten!.correction.frontScaleRatio).toBeLessThan(1.25);
    expect(twenty!.correction).toMatchObject({ stepScaleRatio: 1, frontScaleRatio: 1 });
  });

  test('one configuration does not change the correction of another', () => {
    expect(learn([...TEN, TWENTY])[0]).toEqual(learn(TEN)[0]);
  });

  test('predicts a load it was not learnt from, to first order as the replay does', () => {
    const [learnt] = learn(TEN, SET, ['long']);
    const { correction, heldOut } = learnt!;
    expect(correction.experiments).toEqual(['busy', 'calm']);
    const e2e = heldOut.find(({ metric }) => metric === 'e2eMeanMs')!;
    expect(e2e.general.mapePct).toBeGreaterThan(3);
    expect(e2e.corrected.mapePct).toBeLessThan(0.5);
    const latency = correctLatency(priceWith(TOY_BASIS, PLANTED, toyContextOf(TEN[2]!)), {
      ...correction,
      stepOffsetUs: 0,
    });
    const replayed = groupMetrics(toySimulate(TEN[2]!, latency, 0)).metrics.e2eMeanMs!;
    const measured = TEN[2]!.measured.find(({ stage }) => stage === 'all')!.metrics.e2eMeanMs!;
    expect(Math.abs(100 * (replayed / measured - 1))).toBeCloseTo(e2e.corrected.mapePct, 0);
  });

  test('takes a prior of its own: without spread, that scale stays 1', () => {
    const input = { basis: TOY_BASIS, contextOf: toyContextOf, simulate: toySimulate, experiments: TEN };
    const options = { prior: { frontLogSd: 0 }, sourcesOf: () => [{ name: 'toy' }] };
    const { correction } = learnCorrections(input, SET, options)[0]!;
    expect(correction.frontScaleRatio).toBe(1);
    expect(correction.prior).toEqual({ stepLogSd: 0.08, frontLogSd: 0 });
  });

  test('does not build on the corrections a set has', () => {
    const [first] = learn(TEN);
    expect(learn(TEN, { ...SET, corrections: [first!.correction] })).toEqual([first]);
  });

  test('refuses the test split, and a set that does not know how far it is off', () => {
    const tested = TEN.map((experiment) => ({ ...experiment, split: 'test' as const }));
    expect(refusal(() => learn(tested)).code).toBe('FIT_INVALID');
    const { uncertainty, ...unsure } = SET;
    expect(uncertainty).toBeDefined();
    expect(refusal(() => learn(TEN, unsure)).code).toBe('COEFFICIENTS_INVALID');
  });

  test('refuses a configuration without figures', () => {
    expect(refusal(() => learn([{ ...TWENTY, measured: [] }])).code).toBe('FIT_INVALID');
  });
});
