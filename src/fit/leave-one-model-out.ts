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
import { solveFit, type ResolvedSolveOptions } from './solve-fit.js';

/** One model kept out of the fit. */
export interface ModelFold {
  readonly model: string;
  readonly experiments: readonly string[];
  /** Fitted to all other models, by name. */
  readonly coefficients: Readonly<Record<string, number>>;
}

export interface CrossValidation {
  readonly folds: readonly ModelFold[];
  /** Errors of every experiment under the coefficients of the fold that did not see its model; as `FitResult`. */
  readonly errors: readonly GroupErrors[];
}

/**
 * How well a fit predicts models it has not seen: each model in turn is left out and predicted from the others. The
 * others keep the timelines of the fit to all, which move with coefficients far less than the predictions do; what is
 * predicted is simulated anew.
 * @throws FIT_INVALID when all experiments serve one model; otherwise as `fitBenchmarks`
 */
export function leaveOneModelOut(
  input: BenchmarkFitInput,
  options: BenchmarkFitOptions = {},
): CrossValidation {
  const fit = solveBenchmarks(input, options);
  return crossValidate(fit, fit.solve);
}

/** `leaveOneModelOut` of a fit that is already solved; `solve` may weigh the same rows differently. */
export function crossValidate(fit: BenchmarkFit, solve: ResolvedSolveOptions): CrossValidation {
  const { layout } = fit.benchmarks;
  const judged: JudgedPair[] = [];
  const folds = modelsOf(fit.split.used).map((model): ModelFold => {
    const left = fit.split.used.filter((experiment) => experiment.model === model);
    const leftIds = left.map((experiment) => experiment.id);
    const rows = rowsOfGroups(fit.fixedPoint.rows, (group) => !leftIds.includes(group));
    const { x } = solveFit({ layout, rows }, solve);
    judged.push(...judgeExperiments(fit.benchmarks, left, x));
    return { model, experiments: leftIds, coefficients: coefficientsByName(layout, x) };
  });
  const ids = fit.split.used.map((experiment) => experiment.id);
  return { folds, errors: summariseJudged(judged, ids) };
}

function modelsOf(experiments: readonly Experiment[]): readonly string[] {
  const models = [...new Set(experiments.map((experiment) => experiment.model))];
  if (models.length > 1) return models;
  throw new TruelineError(
    'FIT_INVALID',
    `every experiment serves ${models[0] ?? 'nothing'}: no model can be left out`,
    {
      hint: 'Add experiments with other models.',
    },
  );
}
