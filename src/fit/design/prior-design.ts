import { inverse, Matrix } from 'ml-matrix';
import type { CoefficientCovariance } from '../../coefficients/uncertainty.js';
import type { TermLayout } from '../fit-terms.js';

/** Residual noise per row of the fit to the public train split, 4.4 %: what a new run is taken to be measured with. */
export const DESIGN_NOISE_RATIO = 0.044;

/**
 * Inverse covariance of the free coefficients, in column order, before a new run: as a set records it, else that of the
 * priors.
 */
export function knownPrecision(layout: TermLayout, covariance?: CoefficientCovariance): Matrix {
  const names = layout.free.map((index) => layout.terms[index]!.name);
  const isOfSet = covariance !== undefined && names.every((name) => covariance.terms.includes(name));
  if (!isOfSet) return Matrix.diag(layout.free.map((index) => layout.terms[index]!.prior.sd ** -2));
  const at = names.map((name) => covariance.terms.indexOf(name));
  return inverse(new Matrix(at.map((i) => at.map((j) => covariance.values[i]![j]!))));
}
