import { inverse, Matrix } from 'ml-matrix';
import type { CoefficientCovariance } from '../../coefficients/uncertainty.js';
import type { TermLayout } from '../fit-terms.js';
import type { Misfit } from './misfit.js';

/**
 * Misfits by basis, as `estimateMisfit` finds them in the train split of the public suite: how far new runs are expected to
 * lie from the model. `trueline next-run retrospective` prints them.
 */
const KNOWN_MISFITS: Readonly<Record<string, Misfit>> = {
  'op-roofline': { noiseRatio: 0.03, runRatio: 0.04, modelRatio: 0.02 },
  roofline: { noiseRatio: 0.08, runRatio: 0.12, modelRatio: 0.32 },
  'trained-physics': { noiseRatio: 0.08, runRatio: 0.04, modelRatio: 0.08 },
};

/** Of a basis; that of op-roofline for one without an estimate. */
export const knownMisfit = (basis: string): Misfit => KNOWN_MISFITS[basis] ?? KNOWN_MISFITS['op-roofline']!;

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
