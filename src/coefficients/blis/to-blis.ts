import { basisByName } from '../../basis/basis-by-name.js';
import { TruelineError } from '../../errors.js';
import type { CoefficientSet } from '../coefficient-set.js';
import { entryValues, termValue } from '../price.js';
import type { BlisCoefficients } from './blis-file.js';
import { BLIS_BASES } from './blis-forms.js';

/**
 * A set as the peer's coefficients: every term of these bases stands at its position in `alpha_coeffs` or `beta_coeffs`, in the
 * same unit, so numbers are handed over as they are.
 * @throws COEFFICIENTS_INVALID for a set of another basis: its numbers price other things; COEFFICIENTS_MISSING for a free
 *   term without a value
 */
export function toBlis(set: CoefficientSet): BlisCoefficients {
  if (!BLIS_BASES.includes(set.basis)) {
    throw new TruelineError(
      'COEFFICIENTS_INVALID',
      `\`${set.name}\` is of basis \`${set.basis}\`, whose coefficients mean nothing to BLIS`,
      { hint: 'Fit the peer\u2019s own form: `trueline fit \u2026 --basis trained-physics --out peer.json`.' },
    );
  }
  const basis = basisByName(set.basis);
  const values = entryValues(set);
  return {
    alpha: basis.requestTerms.map((term) => termValue(term, values, basis)),
    beta: basis.terms.map((term) => termValue(term, values, basis)),
  };
}
