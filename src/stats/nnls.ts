import { fcnnls } from 'ml-fcnnls';
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { TruelineError } from '../errors.js';
import { gramOf, type Gram, type LeastSquaresRows } from './gram.js';

/** Adds the penalty strength²·Σⱼ ((xⱼ − meanⱼ)/sdⱼ)² to the objective; an infinite sd leaves its column alone. */
export interface GaussianPrior {
  readonly means: Float64Array;
  readonly sds: Float64Array;
  readonly strength: number;
}

export interface NnlsSolution {
  /** ≥ 0, one per column. */
  readonly x: Float64Array;
  /**
   * Largest violation of the optimality (Karush–Kuhn–Tucker) conditions with columns and targets scaled to unit norm:
   * 0 at the exact minimum. Says nothing about identifiability; read the condition number for that.
   */
  readonly kktViolation: number;
}

/** Relative ridge that keeps collinear columns solvable: it moves a well-posed solution by about as much. */
const RIDGE = 1e-10;
/** Far below any violation that would be visible in a coefficient, far above rounding. */
const GRADIENT_TOLERANCE = 1e-10;
const ITERATIONS_PER_COLUMN = 50;

/**
 * Non-negative least squares of `rows`, optionally drawn to a Gaussian prior.
 * @throws FIT_INVALID when there is no column, a number is not finite or the solver does not converge.
 */
export function solveNnls(rows: LeastSquaresRows, prior?: GaussianPrior): NnlsSolution {
  const gram = gramOf(rows);
  return solveGram(prior === undefined ? gram : withPrior(gram, prior));
}

/** The normal equations with one prior row `strength·(x − mean)/sd` per column added. */
export function withPrior(gram: Gram, prior: GaussianPrior): Gram {
  const normal = gram.normal.clone();
  const moment = Float64Array.from(gram.moment);
  let { targetSquares } = gram;
  for (let j = 0; j < moment.length; j++) {
    const precision = (prior.strength / prior.sds[j]!) ** 2;
    const mean = prior.means[j]!;
    normal.set(j, j, normal.get(j, j) + precision);
    moment[j]! += precision * mean;
    targetSquares += precision * mean * mean;
  }
  return { normal, moment, targetSquares };
}

/** Non-negative least squares from normal equations. Errors as `solveNnls`. */
export function solveGram(gram: Gram): NnlsSolution {
  assertFinite(gram);
  const scaled = scaleToUnit(gram);
  const factor = triangularFactor(scaled);
  const z = activeSet(factor.rows, factor.targets);
  return {
    x: z.map((value, j) => (value * scaled.targetNorm) / scaled.columnNorms[j]!),
    kktViolation: kktViolation(scaled.normal, scaled.moment, z),
  };
}

interface ScaledGram {
  readonly normal: Matrix;
  readonly moment: Float64Array;
  readonly columnNorms: Float64Array;
  readonly targetNorm: number;
}

/** ml-fcnnls stops at an absolute gradient: only unit columns and a unit target make that a fair test. */
function scaleToUnit({ normal, moment, targetSquares }: Gram): ScaledGram {
  const size = moment.length;
  const columnNorms = Float64Array.from({ length: size }, (_, j) => Math.sqrt(normal.get(j, j)) || 1);
  const targetNorm = Math.sqrt(targetSquares) || 1;
  const unit = new Matrix(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) unit.set(i, j, normal.get(i, j) / (columnNorms[i]! * columnNorms[j]!));
    unit.set(i, i, unit.get(i, i) + RIDGE);
  }
  return {
    normal: unit,
    moment: moment.map((value, j) => value / (columnNorms[j]! * targetNorm)),
    columnNorms,
    targetNorm,
  };
}

/** Square system R·z ≈ t with RᵀR = normal and Rᵀt = moment, which is what ml-fcnnls wants to be given. */
function triangularFactor({ normal, moment }: ScaledGram): { rows: Matrix; targets: Matrix } {
  const cholesky = new CholeskyDecomposition(normal);
  if (!cholesky.isPositiveDefinite()) {
    throw new TruelineError('FIT_INVALID', 'the normal equations are not positive definite', {
      hint: 'Remove duplicate terms or give them a prior.',
    });
  }
  const lower = cholesky.lowerTriangularMatrix;
  const targets = new Matrix(moment.length, 1);
  for (let i = 0; i < moment.length; i++) {
    let sum = moment[i]!;
    for (let j = 0; j < i; j++) sum -= lower.get(i, j) * targets.get(j, 0);
    targets.set(i, 0, sum / lower.get(i, i));
  }
  return { rows: lower.transpose(), targets };
}

function activeSet(rows: Matrix, targets: Matrix): Float64Array {
  const options = {
    gradientTolerance: GRADIENT_TOLERANCE,
    maxIterations: ITERATIONS_PER_COLUMN * rows.columns,
  };
  try {
    return Float64Array.from(fcnnls(rows, targets, options).K.to1DArray());
  } catch (cause) {
    throw new TruelineError('FIT_INVALID', 'non-negative least squares did not converge', {
      hint: 'Look for terms that are proportional to each other.',
      cause,
    });
  }
}

function kktViolation(normal: Matrix, moment: Float64Array, z: Float64Array): number {
  let worst = 0;
  for (let i = 0; i < z.length; i++) {
    let descent = moment[i]!;
    for (let j = 0; j < z.length; j++) descent -= normal.get(i, j) * z[j]!;
    worst = Math.max(worst, z[i]! > 0 ? Math.abs(descent) : descent);
  }
  return worst;
}

function assertFinite({ normal, moment }: Gram): void {
  if (moment.length === 0) {
    throw new TruelineError('FIT_INVALID', 'there is no column to solve for', {
      hint: 'Free at least one term.',
    });
  }
  if (normal.to1DArray().every(Number.isFinite) && moment.every(Number.isFinite)) return;
  throw new TruelineError('FIT_INVALID', 'the least-squares rows hold a number that is not finite', {
    hint: 'Look for a step or request whose basis values overflow.',
  });
}
