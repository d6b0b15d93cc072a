import type { RequestTerm } from '../basis/basis-set.js';
import type { TermLayout } from './fit-terms.js';

/** How often a row pays the front-end terms: those per request before its first token, those per output token after. */
export interface FrontEndCount {
  readonly per: RequestTerm['per'];
  readonly count: number;
}

/** The predicted side of a row: Σ valuesUs[j]·βⱼ + fixedUs. */
export interface LeftHandSide {
  /** µs per unit of each free coefficient. */
  readonly valuesUs: Float64Array;
  readonly fixedUs: number;
}

/**
 * Predicted side of a row about requests: summed step features plus the front end.
 * @param features free step terms, then the µs of all fixed ones; read, never kept
 */
export function leftHandSide(layout: TermLayout, features: Float64Array, front: FrontEndCount): LeftHandSide {
  const { terms, free, stepTermCount, freeStepCount } = layout;
  const valuesUs = new Float64Array(free.length);
  valuesUs.set(features.subarray(0, freeStepCount));
  let fixedUs = features[freeStepCount]!;
  for (let index = stepTermCount; index < terms.length; index++) {
    const { front: exposure, prior } = terms[index]!;
    if (exposure?.per !== front.per) continue;
    const column = free.indexOf(index);
    if (column >= 0) valuesUs[column] = front.count * exposure.us;
    else fixedUs += front.count * exposure.us * prior.mean;
  }
  return { valuesUs, fixedUs };
}

/** The left-hand side at given coefficients (in column order), in µs. */
export function predictedUs({ valuesUs, fixedUs }: LeftHandSide, coefficients: ArrayLike<number>): number {
  let sum = fixedUs;
  for (let j = 0; j < valuesUs.length; j++) sum += valuesUs[j]! * coefficients[j]!;
  return sum;
}
