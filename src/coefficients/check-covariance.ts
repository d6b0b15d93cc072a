import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { TruelineError } from '../errors.js';
import type { DocumentPath, ParsedDocument } from '../text/parse-document.js';
import type { CoefficientSet } from './coefficient-set.js';
import { placeOf } from './read-document.js';
import type { CoefficientCovariance } from './uncertainty.js';

/** Correlations may miss symmetry, and eigenvalues of them zero, by rounding. */
const ROUNDING = 1e-9;

/**
 * @throws COEFFICIENTS_INVALID with the line for a covariance that no errors can have: of a term without an entry or named
 *   twice, not symmetric, or with a combination of coefficients of negative variance
 */
export function refuseBadCovariances(set: CoefficientSet, document: ParsedDocument): void {
  for (const part of ['uncertainty', 'fit'] as const) {
    const covariance = set[part]?.covariance;
    const problem = covariance === undefined ? undefined : problemOf(covariance, set);
    if (problem === undefined) continue;
    const { what, path } = problem;
    throw new TruelineError('COEFFICIENTS_INVALID', `\`${part}.covariance\`: ${what}`, {
      ...placeOf(document, [part, 'covariance', ...path]),
      hint: 'The matrix was changed or damaged; take the file from its source or fit it again.',
    });
  }
}

interface Problem {
  readonly what: string;
  /** Inside the covariance. */
  readonly path: DocumentPath;
}

function problemOf({ terms, values }: CoefficientCovariance, { entries }: CoefficientSet): Problem | undefined {
  const strange = terms.findIndex((term, i) => !Object.hasOwn(entries, term) || terms.indexOf(term) < i);
  if (strange >= 0) {
    const isTwice = Object.hasOwn(entries, terms[strange]!);
    const what = `\`${terms[strange]!}\` ${isTwice ? 'is named twice' : 'has no entry in the set'}`;
    return { what, path: ['terms', strange] };
  }
  const negative = values.findIndex((row, i) => row[i]! < 0);
  if (negative >= 0) return { what: `the variance of \`${terms[negative]!}\` is negative`, path: ['values', negative] };
  return terms.length === 0 ? undefined : correlationProblem(terms, correlations(values));
}

/** c ÷ √(variance · variance); where a variance is 0, a covariance of 0 gives 0 and any other an infinity. */
function correlations(values: CoefficientCovariance['values']): Matrix {
  const sds = values.map((row, i) => Math.sqrt(row[i]!));
  return new Matrix(values.map((row, i) => row.map((value, j) => (value === 0 ? 0 : value / sds[i]! / sds[j]!))));
}

function correlationProblem(terms: readonly string[], matrix: Matrix): Problem | undefined {
  for (const [i, first] of terms.entries()) {
    for (const [j, second] of terms.slice(0, i).entries()) {
      const pair = `\`${second}\` and \`${first}\``;
      const [value, mirrored] = [matrix.get(i, j), matrix.get(j, i)];
      if (Math.abs(value) > 1 + ROUNDING) return { what: `the correlation of ${pair} is beyond ±1`, path: ['values', i] };
      if (Math.abs(value - mirrored) > ROUNDING) {
        return { what: `not symmetric: ${pair} differ across the diagonal`, path: ['values', i] };
      }
    }
  }
  const { realEigenvalues } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  if (Math.min(...realEigenvalues) >= -ROUNDING * terms.length) return undefined;
  return { what: 'not positive semidefinite: some combination of coefficients has a negative variance', path: ['values'] };
}
