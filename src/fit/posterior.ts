import { EigenvalueDecomposition, inverse, type Matrix } from 'ml-matrix';
import type { Gram } from '../stats/gram.js';
import { withPrior, type GaussianPrior } from '../stats/nnls.js';

/** What rows and prior together say about the free coefficients, bounds ignored. */
export interface Posterior {
  /** Covariance of the coefficients for rows of noise 1; multiply by the noise variance. */
  readonly unitCovariance: Matrix;
  /** 1 − posterior variance ÷ prior variance: 0 when only the prior speaks, 1 when only the data do. */
  readonly dataShareRatios: readonly number[];
  /**
   * Largest ÷ smallest singular value of the rows with columns scaled to unit norm, empty columns and the prior left
   * out; never above CONDITION_LIMIT, which means collinear at working precision.
   */
  readonly conditionNumber: number;
  /** Trace of the hat matrix: coefficients' worth of freedom the data pay for. */
  readonly effectiveParameters: number;
}

/** Singular values come from normal equations, which square them: ratios beyond 1e8 are rounding. */
const CONDITION_LIMIT = 1e8;
/** Rows that fit exactly still came through floating point. */
const SMALLEST_NOISE_RATIO = 1e-9;
/** Relative ridge that lets collinear columns without a prior be inverted, with the huge variance they deserve. */
const RIDGE = 1e-14;

/** Gaussian posterior at the solution of a fit; `gram` holds the re-weighted rows without the prior. */
export function posteriorOf(gram: Gram, prior: GaussianPrior): Posterior {
  const unitCovariance = invertScaled(withPrior(gram, prior).normal);
  return {
    unitCovariance,
    dataShareRatios: Array.from(prior.sds, (sd, j) => {
      const priorVariance = (sd / prior.strength) ** 2;
      return Math.min(1, Math.max(0, 1 - unitCovariance.get(j, j) / priorVariance));
    }),
    conditionNumber: conditionNumber(gram.normal),
    effectiveParameters: unitCovariance.mmul(gram.normal).trace(),
  };
}

/**
 * Covariance of the coefficients for rows of a given noise and priors of their stated sd; no variance is above the
 * prior's. A prior of strength 0 stays out.
 * @param noiseRatio relative error of a row of weight 1
 */
export function covarianceAt(gram: Gram, prior: GaussianPrior, noiseRatio: number): Matrix {
  const noise = Math.max(noiseRatio, SMALLEST_NOISE_RATIO);
  const { normal } = prior.strength === 0 ? gram : withPrior(gram, { ...prior, strength: noise });
  return invertScaled(normal).mul(noise * noise);
}

/** Correlation of two coefficients under the posterior. */
export const correlation = ({ unitCovariance: c }: Posterior, i: number, j: number): number =>
  c.get(i, j) / Math.sqrt(c.get(i, i) * c.get(j, j));

function invertScaled(normal: Matrix): Matrix {
  const norms = normal.diagonal().map((square) => Math.sqrt(square) || 1);
  const unit = normal.clone();
  for (let i = 0; i < norms.length; i++) {
    for (let j = 0; j < norms.length; j++) unit.set(i, j, unit.get(i, j) / (norms[i]! * norms[j]!));
    unit.set(i, i, unit.get(i, i) + RIDGE);
  }
  const inverted = inverse(unit);
  return inverted.divColumnVector(norms).divRowVector(norms);
}

function conditionNumber(normal: Matrix): number {
  const used = normal.diagonal().flatMap((square, j) => (square > 0 ? [j] : []));
  const norms = used.map((j) => Math.sqrt(normal.get(j, j)));
  const unit = normal.selection(used, used).divColumnVector(norms).divRowVector(norms);
  const squares = new EigenvalueDecomposition(unit, { assumeSymmetric: true }).realEigenvalues;
  const [smallest, largest] = [Math.min(...squares), Math.max(...squares)];
  return Math.min(CONDITION_LIMIT, Math.sqrt(largest / Math.max(smallest, Number.MIN_VALUE)));
}
