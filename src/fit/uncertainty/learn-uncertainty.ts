import type { PredictionUncertainty } from '../../coefficients/uncertainty.js';
import { chooseCorrectionPrior } from '../corrections/choose-prior.js';
import { byConfiguration } from '../corrections/measured-runs.js';
import { solveBenchmarks, type BenchmarkFitInput, type BenchmarkFitOptions } from '../fit-benchmarks.js';
import { learnSpreads, unseenCoverage } from './calibrate.js';
import { unseenRuns } from './unseen-runs.js';

/**
 * Learns how wide prediction intervals must be: every model in turn is left out of the fit, and its measured figures are
 * compared with predictions from the others. The prior of corrections comes from the same replays.
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
  const { runs, models: unseen, covariance } = unseenRuns(fit);
  const residuals = runs.flatMap((run) => run.residuals);
  const spreads = learnSpreads(residuals);
  const prior = chooseCorrectionPrior(byConfiguration(runs, input.contextOf), spreads);
  return {
    covariance,
    ...spreads,
    models: unseen,
    figures: residuals.length,
    unseenCoverageRatio: unseenCoverage(residuals),
    ...(prior && { correctionPrior: { stepLogSd: prior.stepLogSd, frontLogSd: prior.frontLogSd } }),
  };
}
