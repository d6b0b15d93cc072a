import { EigenvalueDecomposition, inverse, Matrix } from 'ml-matrix';
import type { CoefficientSet } from './coefficient-set.js';
import { recordedCovariance } from './recorded-covariance.js';

/** |correlation| from which two coefficients are reported as hard to tell apart. */
export const STRONG_CORRELATION = 0.7;
/** Eigenvalues of a precision below this share of 1 are rounding: the priors' share was subtracted from it. */
const SMALLEST_EIGENVALUE = 1e-12;

/** Two coefficients that travel together: when one is too high, so is the other, or the other is too low. */
export interface TravellingPair {
  readonly terms: readonly [string, string];
  /** −1 … 1: negative when only their sum is well determined. */
  readonly correlation: number;
}

/** How well the data of a fit, without its priors, tell its coefficients apart. Nothing here depends on units. */
export interface Identifiability {
  /** Square root of the largest ÷ smallest eigenvalue of the data's information, scaled to a diagonal of 1; 1 at best. */
  readonly conditionNumber: number;
  /** By term: how many times larger its variance is than if all other coefficients were known. */
  readonly varianceInflation: Readonly<Record<string, number>>;
  /** Strongest first; |correlation| ≥ STRONG_CORRELATION. */
  readonly pairs: readonly TravellingPair[];
}

/**
 * Reads the recorded covariance of a set and takes the information of the priors out of it.
 * @returns undefined when the file records no covariance, has no free term, or no free term was seen by the data
 */
export function identifiability(set: CoefficientSet): Identifiability | undefined {
  const covariance = recordedCovariance(set);
  if (covariance === undefined) return undefined;
  const { terms, values } = covariance;
  if (terms.length === 0) return undefined;
  const precision = inverse(new Matrix(values.map((row) => [...row])), true);
  const seen = terms.flatMap((name, i) => {
    const sd = set.entries[name]?.prior?.sd ?? Infinity;
    const fromData = precision.get(i, i) - 1 / sd ** 2;
    const isSeen = fromData > SMALLEST_EIGENVALUE * precision.get(i, i);
    precision.set(i, i, fromData);
    return isSeen ? [i] : [];
  });
  if (seen.length === 0) return undefined;
  const roots = seen.map((i) => Math.sqrt(precision.get(i, i)));
  const scaled = precision.selection(seen, seen).divColumnVector(roots).divRowVector(roots);
  return ofScaledPrecision(
    seen.map((i) => terms[i]!),
    scaled,
  );
}

function ofScaledPrecision(names: readonly string[], precision: Matrix): Identifiability {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(precision, {
    assumeSymmetric: true,
  });
  const eigenvalues = realEigenvalues.map((value) => Math.max(value, SMALLEST_EIGENVALUE));
  const covariance = eigenvectorMatrix
    .mmul(Matrix.diag(eigenvalues.map((value) => 1 / value)))
    .mmul(eigenvectorMatrix.transpose());
  return {
    conditionNumber: Math.sqrt(Math.max(...eigenvalues) / Math.min(...eigenvalues)),
    varianceInflation: Object.fromEntries(names.map((name, i) => [name, covariance.get(i, i)])),
    pairs: travellingPairs(names, covariance),
  };
}

function travellingPairs(names: readonly string[], covariance: Matrix): TravellingPair[] {
  const pairs = names.flatMap((first, i) =>
    names.slice(i + 1).map((second, offset): TravellingPair => {
      const j = i + 1 + offset;
      const correlation = covariance.get(i, j) / Math.sqrt(covariance.get(i, i) * covariance.get(j, j));
      return { terms: [first, second], correlation };
    }),
  );
  return pairs
    .filter(({ correlation }) => Math.abs(correlation) >= STRONG_CORRELATION)
    .toSorted((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation));
}
