import type { CoefficientCovariance } from '../../coefficients/uncertainty.js';
import { measureRuns, type MeasuredRun } from '../corrections/measured-runs.js';
import type { BenchmarkFit } from '../fit-benchmarks.js';
import { crossValidate } from '../leave-one-group-out.js';

/** Every fitted experiment beside predictions of a fit that has not seen its model. */
export interface UnseenRuns {
  readonly runs: readonly MeasuredRun[];
  /** Models left out, one after the other. */
  readonly models: number;
  /** Of the fit to all of them. */
  readonly covariance: CoefficientCovariance;
}

/**
 * Leaves every model out of a fit in turn and replays its experiments with what was fitted without it.
 * @throws FIT_INVALID when there is one model only
 */
export function unseenRuns(fit: BenchmarkFit): UnseenRuns {
  const { layout } = fit.benchmarks;
  const covariance = {
    terms: layout.free.map((index) => layout.terms[index]!.name),
    values: fit.fixedPoint.solution.covariance,
  };
  const { folds } = crossValidate(fit, fit.solve, 'model');
  const runs = folds.flatMap(({ experiments: ids, coefficients }) => {
    const experiments = fit.split.used.filter(({ id }) => ids.includes(id));
    return measureRuns(fit.benchmarks, { experiments, coefficients }, covariance);
  });
  return { runs, models: folds.length, covariance };
}
