import { gramOf, residualsOf, type LeastSquaresRows } from './gram.js';
import { solveGram, withPrior, type GaussianPrior, type NnlsSolution } from './nnls.js';

export interface RobustNnlsOptions {
  readonly prior?: GaussianPrior;
  /** Residual above which a row's pull stops growing (Huber 1964), in the unit of the targets; Infinity: none. */
  readonly huberThreshold: number;
}

export interface RobustNnlsSolution extends NnlsSolution {
  /** Factor in (0, 1] by which re-weighting multiplied each row's weight, shape [count]. */
  readonly robustness: Float64Array;
  /** Solves until the solution stood still. */
  readonly rounds: number;
}

const MAX_ROUNDS = 50;
const STILL = 1e-9;

/**
 * Non-negative least squares with Huber's loss by iterative re-weighting: rows off by more than the threshold keep
 * weight threshold/|residual|. Prior rows are never re-weighted. Errors as `solveNnls`.
 */
export function solveRobustNnls(rows: LeastSquaresRows, options: RobustNnlsOptions): RobustNnlsSolution {
  let robustness: Float64Array = new Float64Array(rows.count).fill(1);
  let solution = solveWeighted(rows, robustness, options.prior);
  let rounds = 1;
  while (rounds < MAX_ROUNDS) {
    const next = huberFactors(residualsOf(rows, solution.x), options.huberThreshold);
    if (isStill(robustness, next)) break;
    robustness = next;
    solution = solveWeighted(rows, robustness, options.prior);
    rounds++;
  }
  return { ...solution, robustness, rounds };
}

function solveWeighted(rows: LeastSquaresRows, factors: Float64Array, prior?: GaussianPrior): NnlsSolution {
  const gram = gramOf(rows, factors);
  return solveGram(prior === undefined ? gram : withPrior(gram, prior));
}

const huberFactors = (residuals: Float64Array, threshold: number): Float64Array =>
  residuals.map((residual) => (Math.abs(residual) <= threshold ? 1 : threshold / Math.abs(residual)));

const isStill = (before: Float64Array, after: Float64Array): boolean =>
  after.every((factor, row) => Math.abs(factor - before[row]!) <= STILL);
