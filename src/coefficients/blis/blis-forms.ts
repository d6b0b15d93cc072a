import { basisByName } from '../../basis/basis-by-name.js';
import type { BasisSet } from '../../basis/basis-set.js';

/** The forms of the peer's step time by their number of β: 11, 9 and 8. */
export const BLIS_BASES: readonly string[] = [
  'trained-physics',
  'trained-physics-prefill-split',
  'trained-physics-max',
];

/** Positions from 0. */
const BETA_4 = 3;

/** A form and one coefficient for each of its terms. */
export interface BlisForm {
  readonly basis: BasisSet;
  readonly beta: readonly number[];
  /** What the file leaves out, and the peer fills in, in words; by term. */
  readonly filledIn: Readonly<Record<string, string>>;
}

/**
 * The form that so many β belong to (inference-sim/inference-sim@f90a1e3, sim/latency/trained_physics_model.go): 7 or 8 take
 * the larger of compute and memory time, 9 split prefill, 10 decode too; β8 defaults to 0 and β11 to β4.
 * @param beta 7 to 11 coefficients
 */
export function blisForm(beta: readonly number[]): BlisForm {
  if (beta.length === 7) return filled('trained-physics-max', [...beta, 0], 'not in the file: 0');
  if (beta.length === 8) return filled('trained-physics-max', beta);
  if (beta.length === 9) return filled('trained-physics-prefill-split', beta);
  if (beta.length === 10)
    return filled('trained-physics', [...beta, beta[BETA_4]!], 'not in the file: that of tpCommunication');
  return filled('trained-physics', beta);
}

function filled(name: string, beta: readonly number[], lastFilledIn?: string): BlisForm {
  const basis = basisByName(name);
  const last = basis.terms.at(-1)!;
  return { basis, beta, filledIn: lastFilledIn === undefined ? {} : { [last.name]: lastFilledIn } };
}
