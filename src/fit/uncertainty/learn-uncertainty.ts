import type { PredictionUncertainty } from '../../coefficients/uncertainty.js';
import { solveBenchmarks, type BenchmarkFitInput, type BenchmarkFitOptions } from '../fit-benchmarks.js';
import { crossValidate } from '../leave-one-group-out.js';
import { learnSpreads, unseenCoverage } from './calibrate.js';
import { unseenResiduals } from './unseen-residuals.js';

/**
 * Learns how wide prediction intervals must be: every model in turn is left out of the fit, and its measured figures are
 * compared with predictions from the others.
 * @returns undefined when all experiments serve one model: nothing is then known about unseen ones
 * @throws as `fitBenchmarks`
 */
export function learnUncertainty(
  input: BenchmarkFitInput,
  options: BenchmarkFitOptions = {},
): PredictionUncertainty | undefined {
  const used = input.experiments.filter(({ id }) => options.heldOut?.includes(id) !== true);
  const models = new Set(used.map((experiment) => experiment.model));
  if (models.size < 2) return undefined;
  const fit = solveBenchmarks(input, options);
  const { layout } = fit.benchmarks;
  const covariance = {
    terms: layout.free.map((index) => layout.terms[index]!.name),
    values: fit.fixedPoint.solution.covariance,
  };
  const { folds } = crossValidate(fit, fit.solve, 'model');
  const residuals = folds.flatMap(({ experiments: ids, coefficients }) => {
    const experiments = fit.split.used.filter(({ id }) => ids.includes(id));
    return unseenResiduals(fit.benchmarks, { experiments, coefficients }, covariance);
  });
  return {
    covariance,
    ...learnSpreads(residuals),
    models: folds.length,
    figures: residuals.length,
    unseenCoverageRatio: unseenCoverage(residuals),
  };
}
