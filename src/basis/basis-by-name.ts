import { nearestName, TruelineError, type ErrorContext } from '../errors.js';
import type { BasisSet } from './basis-set.js';
import { opRooflineBasis } from './op-roofline/index.js';
import { rooflineBasis } from './roofline.js';
import {
  trainedPhysicsBasis,
  trainedPhysicsMaxBasis,
  trainedPhysicsPrefillSplitBasis,
} from './trained-physics/index.js';

/** Every basis that ships, ours first. */
export const BASES: readonly BasisSet[] = [
  opRooflineBasis,
  rooflineBasis,
  trainedPhysicsBasis,
  trainedPhysicsPrefillSplitBasis,
  trainedPhysicsMaxBasis,
];

/**
 * @param place where the name was read, for the message
 * @throws COEFFICIENTS_INVALID for an unknown name, with the nearest one
 */
export function basisByName(name: string, place: Pick<ErrorContext, 'file' | 'line'> = {}): BasisSet {
  const found = BASES.find((basis) => basis.name === name);
  if (found !== undefined) return found;
  const known = BASES.map((basis) => basis.name);
  throw new TruelineError('COEFFICIENTS_INVALID', `unknown basis \`${name}\``, {
    ...place,
    hint: `Use one of ${known.join(', ')}${suggestion(nearestName(name, known))}.`,
  });
}

const suggestion = (nearest: string | undefined): string =>
  nearest === undefined ? '' : ` (did you mean \`${nearest}\`?)`;
