import type { BenchmarkFitInput, BenchmarkFitOptions } from '../fit-benchmarks.js';
import { solveBenchmarks } from '../fit-benchmarks.js';
import { coefficientsByName } from '../fit-terms.js';
import { TruelineError } from '../../errors.js';
import { learnSpreads } from '../uncertainty/calibrate.js';
import { unseenRuns } from '../uncertainty/unseen-runs.js';
import { chooseCorrectionPrior, type PriorScore } from './choose-prior.js';
import { learningCurve, type LearningCurvePoint } from './learning-curve.js';
import { byConfiguration, measureRuns } from './measured-runs.js';

/** What experiments of a configuration buy on its other loads. */
export interface LearningCurves {
  /** Chosen on the train curve, so that one is a little too good. */
  readonly prior: PriorScore;
  /** Each model predicted from a fit to the others, then corrected. */
  readonly train: readonly LearningCurvePoint[];
  /** Experiments of the test split, predicted from the fit to train, then corrected. Nothing is chosen on it. */
  readonly test: readonly LearningCurvePoint[];
}

/**
 * Learning curves of a suite: the general model and the prior of corrections come from its train split; corrections are
 * learnt from each choice of experiments of a configuration and judged on its others.
 * @param input experiments of both splits
 * @throws FIT_INVALID when all train experiments serve one model or no configuration has two loads; as `fitBenchmarks`
 */
export function learningCurves(
  input: BenchmarkFitInput,
  sizes: readonly number[],
  options: Omit<BenchmarkFitOptions, 'heldOut'> = {},
): LearningCurves {
  const test = input.experiments.filter(({ split }) => split === 'test');
  const fit = solveBenchmarks(input, { ...options, heldOut: test.map(({ id }) => id) });
  const { runs, covariance } = unseenRuns(fit);
  const spreads = learnSpreads(runs.flatMap(({ residuals }) => residuals));
  const train = byConfiguration(runs, input.contextOf);
  const prior = chooseCorrectionPrior(train, spreads);
  if (prior === undefined)
    throw new TruelineError('FIT_INVALID', 'no configuration was measured under two loads', {
      hint: 'Add experiments with another workload of a model, GPU and tensor parallelism that is there.',
    });
  const coefficients = coefficientsByName(fit.benchmarks.layout, fit.fixedPoint.solution.x);
  const tested = measureRuns(fit.benchmarks, { experiments: test, coefficients }, covariance);
  return {
    prior,
    train: learningCurve(train, spreads, prior, sizes),
    test: learningCurve(byConfiguration(tested, input.contextOf), spreads, prior, sizes),
  };
}
