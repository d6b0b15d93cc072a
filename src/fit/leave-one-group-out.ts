import { TruelineError } from '../errors.js';
import type { Experiment } from '../trace/experiment.js';
import { judgeExperiments, summariseJudged, type JudgedPair } from './benchmark-errors.js';
import {
  solveBenchmarks,
  type BenchmarkFit,
  type BenchmarkFitInput,
  type BenchmarkFitOptions,
} from './fit-benchmarks.js';
import type { GroupErrors } from './fit-result.js';
import { rowsOfGroups } from './fit-rows.js';
import { coefficientsByName } from './fit-terms.js';
import type { LeaveOutKey } from './leave-out-keys.js';
import { solveFit, type ResolvedSolveOptions } from './solve-fit.js';

/** One group of experiments kept out of the fit. */
export interface Fold {
  /** The model, GPU or workload left out. */
  readonly group: string;
  readonly experiments: readonly string[];
  /** Fitted to all other experiments, by name. */
  readonly coefficients: Readonly<Record<string, number>>;
  /** Errors over the experiments left out, by metric. */
  readonly errors: readonly GroupErrors[];
}

export interface CrossValidation {
  readonly leftOut: LeaveOutKey;
  readonly folds: readonly Fold[];
  /** Errors of every experiment under the coefficients of the fold that did not see it; as `FitResult`. */
  readonly errors: readonly GroupErrors[];
}

export interface CrossValidationOptions extends BenchmarkFitOptions {
  /** Experiments fitted and judged in turn. With `all` nothing may be chosen on the result. Defaults to `train`. */
  readonly over?: 'train' | 'all';
}

const groupOf = (experiment: Experiment, key: LeaveOutKey): string =>
  key === 'workload' ? experiment.workloadName : experiment[key];

/**
 * How well a fit predicts models, GPUs or workloads it has not seen: each in turn is left out and predicted from the
 * others. The others keep the timelines of the fit to all, which move with coefficients far less than the predictions do;
 * what is predicted is simulated anew. One result per key; the fit to all is shared.
 * @throws FIT_INVALID when all experiments are of one group; otherwise as `fitBenchmarks`
 */
export function leaveOneGroupOut(
  input: BenchmarkFitInput,
  keys: readonly LeaveOutKey[],
  { over = 'train', ...options }: CrossValidationOptions = {},
): readonly CrossValidation[] {
  const used = input.experiments.filter(({ id }) => options.heldOut?.includes(id) !== true);
  // Before the fit, which takes a while.
  for (const key of keys) groupsOf(used, key);
  const fit = solveBenchmarks(input, options, over);
  return keys.map((key) => crossValidate(fit, fit.solve, key));
}

/** `leaveOneGroupOut` of a fit that is already solved; `solve` may weigh the same rows differently. */
export function crossValidate(
  fit: BenchmarkFit,
  solve: ResolvedSolveOptions,
  leftOut: LeaveOutKey,
): CrossValidation {
  const judged: JudgedPair[] = [];
  const folds = groupsOf(fit.split.used, leftOut).map((group): Fold => {
    const left = fit.split.used.filter((experiment) => groupOf(experiment, leftOut) === group);
    const { pairs, coefficients } = judgeFold(fit, solve, left);
    judged.push(...pairs);
    const experiments = left.map((experiment) => experiment.id);
    return { group, experiments, coefficients, errors: summariseJudged(pairs, []) };
  });
  const ids = fit.split.used.map((experiment) => experiment.id);
  return { leftOut, folds, errors: summariseJudged(judged, ids) };
}

/** Fits all but some experiments and simulates those. */
function judgeFold(
  { benchmarks, fixedPoint }: BenchmarkFit,
  solve: ResolvedSolveOptions,
  left: readonly Experiment[],
): { readonly pairs: readonly JudgedPair[]; readonly coefficients: Fold['coefficients'] } {
  const { layout } = benchmarks;
  const leftIds = left.map((experiment) => experiment.id);
  const rows = rowsOfGroups(fixedPoint.rows, (group) => !leftIds.includes(group));
  const { x } = solveFit({ layout, rows }, solve);
  return { pairs: judgeExperiments(benchmarks, left, x), coefficients: coefficientsByName(layout, x) };
}

/** @throws FIT_INVALID when there are not at least two */
function groupsOf(experiments: readonly Experiment[], key: LeaveOutKey): readonly string[] {
  const groups = [...new Set(experiments.map((experiment) => groupOf(experiment, key)))];
  if (groups.length > 1) return groups;
  const what = { model: 'serves', gpu: 'ran on', workload: 'had the load' }[key];
  throw new TruelineError(
    'FIT_INVALID',
    `every experiment ${what} ${groups[0] ?? 'nothing'}: no ${key} can be left out`,
    { hint: `Add experiments with another ${key}, or leave something else out.` },
  );
}
