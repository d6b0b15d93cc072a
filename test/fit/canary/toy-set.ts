import type { CoefficientSet } from '../../../src/coefficients/index.js';
import { priceWith } from '../../../src/coefficients/index.js';
import type { CanaryInput, CanaryMetric, CanaryNoise } from '../../../src/fit/index.js';
import type { Experiment } from '../../../src/trace/experiment.js';
import { groupMetrics } from '../../../src/trace/metrics.js';
import { PLANTED, TOY_BASIS } from '../toy-basis.js';
import { toyBenchmark, toyContextOf, toySimulate } from '../toy-benchmark.js';

/** The planted coefficients as a set that knows how far it is off. */
export const TOY_SET: CoefficientSet = {
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
    covariance: { terms: ['step'], values: [[100]] },
    stepTimeLogSd: 0.005,
    metricLogSd: { ttftMeanMs: 0.01 },
    models: 2,
    figures: 10,
    unseenCoverageRatio: 0.9,
  },
};

export const NOISE: Readonly<Record<CanaryMetric, CanaryNoise>> = {
  ttftMeanMs: { noisePct: 1, tolerancePct: 10 },
  itlMeanMs: { noisePct: 0.5, tolerancePct: 5 },
  e2eMeanMs: { noisePct: 0.5, tolerancePct: 5 },
};

export const TOY_RUNS = [
  toyBenchmark('busy', { layers: 10, gapsUs: [9000, 6000], promptTokens: 40 }),
  toyBenchmark('calm', { layers: 10, gapsUs: [40_000], promptTokens: 100 }),
  toyBenchmark('deep', { layers: 20, gapsUs: [40_000], promptTokens: 200 }),
];

/** The experiment as measured where coefficients are these. */
export function measuredWith(experiment: Experiment, changed: Readonly<Record<string, number>>): Experiment {
  const latency = priceWith(TOY_BASIS, { ...PLANTED, ...changed }, toyContextOf(experiment));
  const trace = toySimulate(experiment, latency, 0);
  return {
    ...experiment,
    measured: experiment.measured.map(({ stage }) => ({
      stage,
      metrics: groupMetrics(trace, stage).metrics,
    })),
  };
}

export const toyInput = (experiments: readonly Experiment[]): CanaryInput['runs'] => ({
  basis: TOY_BASIS,
  contextOf: toyContextOf,
  simulate: toySimulate,
  experiments,
});
