import { randomStream } from '../../random.js';
import { residualsOf } from '../../stats/gram.js';
import type { Experiment } from '../../trace/experiment.js';
import { linearise, type Benchmarks } from '../benchmark-rows.js';
import type { BenchmarkFitInput } from '../fit-benchmarks.js';
import { RowCollector, rowsOfGroups, type FitRows } from '../fit-rows.js';
import { layOutTerms, priorMeans } from '../fit-terms.js';
import { resolveSolveOptions, solveFit } from '../solve-fit.js';
import { planRun, type PlannedRun } from './planned-run.js';
import { DESIGN_NOISE_RATIO, knownPrecision } from './prior-design.js';
import { rankRuns, type DesignCriterion } from './rank-runs.js';

/** How the error of the test split falls as runs are bought in one order. */
export interface BudgetCurve {
  readonly order: readonly string[];
  /** Weighted mean absolute error of the test rows at each budget, in %. */
  readonly errorsPct: readonly number[];
}

/** What recommended orders would have bought, beside random ones. */
export interface Retrospective {
  readonly totalGpuMinutes: number;
  /** Shares of the total. */
  readonly budgetRatios: readonly number[];
  readonly priorErrorPct: number;
  readonly recommended: Readonly<Record<DesignCriterion, BudgetCurve>>;
  readonly random: readonly BudgetCurve[];
}

const BUDGET_RATIOS = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1];

/**
 * Orders the train experiments of a suite as a recommendation would have, knowing the priors and what the test experiments
 * serve, but no measurement; fits what each budget buys, and scores it on the test rows. All rows lie on the timelines of
 * the priors, so that orders differ by nothing but the runs.
 * @param orders random orders to compare with
 * @throws as `linearise` and `solveFit`
 */
export function designInRetrospect(input: BenchmarkFitInput, orders: number): Retrospective {
  const layout = layOutTerms(input.basis);
  const benchmarks: Benchmarks = { ...input, layout, seeds: [1] };
  const means = priorMeans(layout);
  const ofSplit = (split: Experiment['split']): readonly Experiment[] =>
    input.experiments.filter((experiment) => experiment.split === split);
  const plan = (experiment: Experiment): PlannedRun => planRun(benchmarks, experiment, means);
  const runs = ofSplit('train').map(plan);
  const targets = ofSplit('test').map((experiment) => plan(experiment).rows);
  const design = { precision: knownPrecision(layout), noiseRatio: DESIGN_NOISE_RATIO, targets };
  const train = measuredRows(benchmarks, ofSplit('train'), means);
  const test = measuredRows(benchmarks, ofSplit('test'), means);
  const totalGpuMinutes = runs.reduce((sum, run) => sum + run.gpuMinutes, 0);
  const curve = (order: readonly PlannedRun[]): BudgetCurve => ({
    order: order.map(({ id }) => id),
    errorsPct: BUDGET_RATIOS.map((ratio) => {
      const bought = affordable(order, ratio * totalGpuMinutes);
      const rows = rowsOfGroups(train, (group) => bought.includes(group));
      const x = rows.count === 0 ? means : solveFit({ layout, rows }, resolveSolveOptions({})).x;
      return errorPct(test, x);
    }),
  });
  const recommend = (criterion: DesignCriterion): BudgetCurve => {
    const ids = rankRuns(design, runs, criterion).map(({ id }) => id);
    return curve(ids.map((id) => runs.find((run) => run.id === id)!));
  };
  return {
    totalGpuMinutes,
    budgetRatios: BUDGET_RATIOS,
    priorErrorPct: errorPct(test, means),
    recommended: { I: recommend('I'), D: recommend('D') },
    random: randomOrders(runs, orders).map(curve),
  };
}

function measuredRows(
  benchmarks: Benchmarks,
  experiments: readonly Experiment[],
  means: Float64Array,
): FitRows {
  const collector = new RowCollector(benchmarks.layout);
  for (const experiment of experiments) {
    for (const row of linearise(benchmarks, experiment, means).rows) collector.add(row);
  }
  return collector.rows();
}

/** The runs of an order up to the first that no longer fits the budget. */
function affordable(order: readonly PlannedRun[], gpuMinutes: number): string[] {
  let spent = 0;
  const end = order.findIndex((run) => (spent += run.gpuMinutes) > gpuMinutes * (1 + Number.EPSILON * 64));
  return order.slice(0, end === -1 ? order.length : end).map(({ id }) => id);
}

function errorPct(rows: FitRows, x: ArrayLike<number>): number {
  const residuals = residualsOf(rows, x);
  const total = rows.weights.reduce((sum, weight) => sum + weight, 0);
  return (100 * residuals.reduce((sum, r, i) => sum + rows.weights[i]! * Math.abs(r), 0)) / total;
}

/** Seeded shuffles (Fisher and Yates). */
function randomOrders(runs: readonly PlannedRun[], orders: number): PlannedRun[][] {
  const { integer } = randomStream(1, 'design-orders');
  return Array.from({ length: orders }, () => {
    const order = [...runs];
    for (let i = order.length - 1; i > 0; i--) {
      const j = integer(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  });
}
