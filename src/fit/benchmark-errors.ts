import { priceWith } from '../coefficients/price.js';
import { summariseErrors, type PredictedPair } from '../stats/relative-error.js';
import type { Experiment } from '../trace/experiment.js';
import { groupMetrics, type MetricName } from '../trace/metrics.js';
import type { Benchmarks } from './benchmark-rows.js';
import type { GroupErrors } from './fit-result.js';
import { coefficientsByName } from './fit-terms.js';
import { ALL_GROUPS } from './row-errors.js';

/** What a fit is judged by: the means over a whole run. */
const JUDGED_METRICS: readonly MetricName[] = ['e2eMeanMs', 'itlMeanMs', 'ttftMeanMs'];

/** One figure of one experiment, measured and simulated. */
export interface JudgedPair extends PredictedPair {
  readonly group: string;
  readonly kind: MetricName;
}

/**
 * Errors of whole-run means (single stages where no whole run was published), simulated with given coefficients: by
 * metric over all experiments, then by experiment. Empty without experiments.
 */
export const benchmarkErrors = (
  benchmarks: Benchmarks,
  experiments: readonly Experiment[],
  coefficients: Float64Array,
): readonly GroupErrors[] =>
  summariseJudged(
    judgeExperiments(benchmarks, experiments, coefficients),
    experiments.map((experiment) => experiment.id),
  );

/** Simulates experiments with given coefficients (free terms, in column order) beside what was measured. */
export const judgeExperiments = (
  benchmarks: Benchmarks,
  experiments: readonly Experiment[],
  coefficients: Float64Array,
): readonly JudgedPair[] => experiments.flatMap((experiment) => judge(benchmarks, experiment, coefficients));

/** Errors by metric over all groups, then by group. */
export const summariseJudged = (
  pairs: readonly JudgedPair[],
  groups: readonly string[],
): readonly GroupErrors[] =>
  [ALL_GROUPS, ...groups].flatMap((group) =>
    JUDGED_METRICS.flatMap((kind) => {
      const pool = pairs.filter((pair) => pair.kind === kind && [ALL_GROUPS, pair.group].includes(group));
      return pool.length === 0 ? [] : [{ group, kind, errors: summariseErrors(pool) }];
    }),
  );

function judge(benchmarks: Benchmarks, experiment: Experiment, coefficients: Float64Array): JudgedPair[] {
  const { basis, layout, contextOf, simulate, seeds } = benchmarks;
  const latency = priceWith(basis, coefficientsByName(layout, coefficients), contextOf(experiment));
  const whole = experiment.measured.filter(({ stage }) => stage === 'all');
  const judged = whole.length > 0 ? whole : experiment.measured;
  return seeds.flatMap((seed) => {
    const trace = simulate(experiment, latency, seed);
    return judged.flatMap(({ stage, metrics: measured }) => {
      const { metrics: predicted } = groupMetrics(trace, stage);
      return JUDGED_METRICS.flatMap((kind) => {
        const pair = { measured: measured[kind], predicted: predicted[kind] };
        return isComplete(pair) ? [{ ...pair, group: experiment.id, kind }] : [];
      });
    });
  });
}

const isComplete = (pair: {
  readonly measured: number | undefined;
  readonly predicted: number | undefined;
}): pair is PredictedPair => pair.measured !== undefined && pair.predicted !== undefined;
