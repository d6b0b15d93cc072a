import { TruelineError } from '../errors.js';
import { ALL_GROUPS } from './row-errors.js';
import {
  solveBenchmarks,
  type BenchmarkFit,
  type BenchmarkFitInput,
  type BenchmarkFitOptions,
} from './fit-benchmarks.js';
import type { GroupErrors } from './fit-result.js';
import { coefficientsByName, type PriorOverrides } from './fit-terms.js';
import { crossValidate } from './leave-one-group-out.js';
import { FIRST_TOKEN_WEIGHT } from './row-weights.js';

/** A choice of which terms are free, under which priors. */
export interface TermSet {
  readonly name: string;
  readonly priors: PriorOverrides;
}

/** What to choose from, simplest term set first and strongest prior first. */
export interface HyperParameterGrid {
  readonly termSets: readonly TermSet[];
  readonly priorNoiseRatios: readonly number[];
}

/** How one choice predicts models it has not seen. */
export interface HyperParameterScore {
  readonly termSet: string;
  readonly priors: PriorOverrides;
  readonly priorNoiseRatio: number;
  /** Mean error of the time per token plus 0.4 × that of TTFT: the weights of the fit. */
  readonly scorePct: number;
  readonly errors: readonly GroupErrors[];
}

export interface HyperParameterChoice {
  readonly chosen: HyperParameterScore;
  /** Every choice, in the order of the grid. */
  readonly scores: readonly HyperParameterScore[];
}

/** Scores closer than this are noise of the runs: the simpler choice wins. */
const INDISTINGUISHABLE_PCT = 0.3;

/**
 * Chooses the term set and the weight of the priors by leave-one-model-out over the experiments given, which must be of
 * the train split: the first of the grid that is as good as the best. A term set is fitted once, with the first weight;
 * the other weights use its timelines.
 * @throws FIT_INVALID on an empty grid; as `leaveOneGroupOut`
 */
export function selectHyperParameters(
  input: BenchmarkFitInput,
  grid: HyperParameterGrid,
  options: Omit<BenchmarkFitOptions, 'priors' | 'priorNoiseRatio'> = {},
): HyperParameterChoice {
  let { start } = options;
  const scores = grid.termSets.flatMap((termSet) => {
    const fit = solveBenchmarks(input, {
      ...options,
      priors: termSet.priors,
      ...(start && { start }),
      priorNoiseRatio: grid.priorNoiseRatios[0]!,
    });
    start = coefficientsByName(fit.benchmarks.layout, fit.fixedPoint.solution.x);
    return grid.priorNoiseRatios.map((priorNoiseRatio) => scoreOf(fit, termSet, priorNoiseRatio));
  });
  if (scores.length === 0)
    throw new TruelineError('FIT_INVALID', 'there is nothing to choose from: the grid is empty');
  const best = Math.min(...scores.map(({ scorePct }) => scorePct));
  return { chosen: scores.find(({ scorePct }) => scorePct <= best + INDISTINGUISHABLE_PCT)!, scores };
}

function scoreOf(fit: BenchmarkFit, { name, priors }: TermSet, priorNoiseRatio: number): HyperParameterScore {
  const { errors } = crossValidate(fit, { ...fit.solve, priorNoiseRatio }, 'model');
  const mapePct = (metric: string): number =>
    errors.find(({ group, kind }) => group === ALL_GROUPS && kind === metric)?.errors.mapePct ?? 0;
  return {
    termSet: name,
    priors,
    priorNoiseRatio,
    scorePct: mapePct('itlMeanMs') + FIRST_TOKEN_WEIGHT * mapePct('ttftMeanMs'),
    errors,
  };
}
