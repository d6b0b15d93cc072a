import { benchmarkErrors } from './benchmark-errors.js';
import { solveBenchmarks, type BenchmarkFitInput } from './fit-benchmarks.js';
import type { GroupErrors } from './fit-result.js';
import { type PriorOverrides } from './fit-terms.js';
import { crossValidate } from './leave-one-group-out.js';
import { ALL_GROUPS } from './row-errors.js';

/** A model, scheduler or load with one thing changed. */
export interface AblationVariant {
  readonly name: string;
  readonly input: BenchmarkFitInput;
  /** Terms held elsewhere than the basis says; `OFF` takes one out. */
  readonly priors?: PriorOverrides;
}

/** How a variant describes what it was fitted to, and predicts models left out of the fit; errors by metric. */
export interface AblationResult {
  readonly name: string;
  readonly fitted: readonly GroupErrors[];
  readonly unseen: readonly GroupErrors[];
}

/** Prior of a term that is taken out. */
export const OFF = { mean: 0, sd: 0 } as const;

/** Variants start from the fit of the whole model, so two passes bring their timelines close enough. */
const PASSES = 2;

const overAll = (errors: readonly GroupErrors[]): GroupErrors[] =>
  errors.filter(({ group }) => group === ALL_GROUPS);

/**
 * Refits a variant, scores it on what was fitted, and leaves one model out.
 * @param start coefficients of the whole model, by name
 * @throws FIT_INVALID; as `fitBenchmarks` and `leaveOneGroupOut`
 */
export function ablate(
  { name, input, priors = {} }: AblationVariant,
  start: Readonly<Record<string, number>>,
): AblationResult {
  const fit = solveBenchmarks(input, { priors, start, maxIterations: PASSES });
  const { benchmarks, split, fixedPoint } = fit;
  return {
    name,
    fitted: overAll(benchmarkErrors(benchmarks, split.used, fixedPoint.solution.x)),
    unseen: overAll(crossValidate(fit, fit.solve, 'model').errors),
  };
}
