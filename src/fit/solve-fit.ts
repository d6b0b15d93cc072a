import { TruelineError } from '../errors.js';
import { gramOf, residualsOf } from '../stats/gram.js';
import type { GaussianPrior } from '../stats/nnls.js';
import { solveRobustNnls, type RobustNnlsSolution } from '../stats/robust-nnls.js';
import type { FitRows } from './fit-rows.js';
import type { TermLayout } from './fit-terms.js';
import { covarianceAt, posteriorOf, type Posterior } from './posterior.js';

/** How rows and priors are weighed. */
export interface SolveOptions {
  /**
   * λ: the relative error of a row of weight 1 that is as surprising as a coefficient one prior sd off its mean.
   * Defaults to 0.02; 0 trusts the data alone.
   */
  readonly priorNoiseRatio?: number;
  /** Relative error above which a row's pull stops growing. Defaults to 0.05; Infinity is plain least squares. */
  readonly huberRatio?: number;
}

/** The options of a solve with their defaults filled in. */
export type ResolvedSolveOptions = Required<SolveOptions>;

const DEFAULT_PRIOR_NOISE_RATIO = 0.02;
const DEFAULT_HUBER_RATIO = 0.05;

/** A least-squares problem with named coefficients: what all three routes end in. */
export interface FitProblem {
  readonly layout: TermLayout;
  readonly rows: FitRows;
}

/** The coefficients that a fit problem asks for, without what they are worth. */
export interface BareSolution extends RobustNnlsSolution {
  /** As the solution weighed it, in column order. */
  readonly prior: GaussianPrior;
}

export interface FitSolution extends BareSolution {
  /** At the assumed noise λ: how the solution weighed rows against priors. */
  readonly posterior: Posterior;
  /** (predicted − observed)/observed of every row. */
  readonly residualRatios: Float64Array;
  /** Estimated relative error of a row of weight 1. */
  readonly noiseRatio: number;
  /** Of the free coefficients at that noise, bounds ignored; shape [free × free]. */
  readonly covariance: readonly (readonly number[])[];
  /** Roots of its diagonal. */
  readonly stdErrors: readonly number[];
}

export const resolveSolveOptions = (options: SolveOptions): ResolvedSolveOptions => ({
  priorNoiseRatio: options.priorNoiseRatio ?? DEFAULT_PRIOR_NOISE_RATIO,
  huberRatio: options.huberRatio ?? DEFAULT_HUBER_RATIO,
});

/**
 * Solves a fit problem: min Σ w·huber(residual) + λ²·Σ ((β − mean)/sd)² over β ≥ 0.
 * @throws SAMPLE_EMPTY without rows, FIT_INVALID when a free term occurs in no row and has no prior
 */
export function solveCoefficients({ layout, rows }: FitProblem, options: ResolvedSolveOptions): BareSolution {
  if (rows.count === 0) {
    throw new TruelineError('SAMPLE_EMPTY', 'there is nothing to fit: no row is usable', {
      hint: 'See the dropped counts, or run `trueline inspect` on the input.',
    });
  }
  const prior = priorOf(layout, options.priorNoiseRatio);
  assertDetermined({ layout, rows }, prior);
  return { ...solveRobustNnls(rows, { prior, huberThreshold: options.huberRatio }), prior };
}

/** `solveCoefficients`, with the covariance of the coefficients and the noise of the rows. Errors as there. */
export function solveFit({ layout, rows }: FitProblem, options: ResolvedSolveOptions): FitSolution {
  const solution = solveCoefficients({ layout, rows }, options);
  const { prior } = solution;
  const gram = gramOf(rows, solution.robustness);
  const posterior = posteriorOf(gram, prior);
  const residualRatios = residualsOf(rows, solution.x);
  const noiseRatio = noiseOf(rows, solution.robustness, residualRatios, posterior, options.priorNoiseRatio);
  const covariance = covarianceAt(gram, prior, noiseRatio);
  return {
    ...solution,
    posterior,
    residualRatios,
    noiseRatio,
    covariance: covariance.to2DArray(),
    stdErrors: covariance.diagonal().map(Math.sqrt),
  };
}

const priorOf = ({ terms, free }: TermLayout, strength: number): GaussianPrior => ({
  means: Float64Array.from(free, (index) => terms[index]!.prior.mean),
  sds: Float64Array.from(free, (index) => terms[index]!.prior.sd),
  strength,
});

function assertDetermined({ layout, rows }: FitProblem, prior: GaussianPrior): void {
  layout.free.forEach((index, column) => {
    if (prior.strength / prior.sds[column]! > 0) return;
    for (let row = 0; row < rows.count; row++) if (rows.values[row * rows.columns + column] !== 0) return;
    throw new TruelineError(
      'FIT_INVALID',
      `term "${layout.terms[index]!.name}" is 0 in every row and has no prior: nothing determines it`,
      { hint: 'Fix it (prior sd 0), give it a prior, or add runs that exercise it.' },
    );
  });
}

/** Root of the weighted residual variance; λ, the assumed noise, when there are not more rows than coefficients. */
function noiseOf(
  rows: FitRows,
  robustness: Float64Array,
  residuals: Float64Array,
  posterior: Posterior,
  assumed: number,
): number {
  let squares = 0;
  let weights = 0;
  for (let row = 0; row < rows.count; row++) {
    const weight = rows.weights[row]! * robustness[row]!;
    squares += weight * residuals[row]! ** 2;
    weights += weight;
  }
  const freedom = weights - posterior.effectiveParameters;
  return freedom > 0 ? Math.sqrt(squares / freedom) : assumed;
}
