import type { Amounts } from '../trace/trace.js';

/** A whole amount of at least 0 as it is; Infinity for a number that only a double can hold. */
export const sizeOfAmount = (value: number): number =>
  Number.isInteger(value) && value >= 0 ? value : Infinity;

/**
 * The narrowest array that holds amounts exactly.
 * @param largest `sizeOfAmount` of each, at most
 */
export function amountArray(largest: number, rows: number): Amounts {
  if (largest < 2 ** 8) return new Uint8Array(rows);
  if (largest < 2 ** 16) return new Uint16Array(rows);
  return largest < 2 ** 32 ? new Uint32Array(rows) : new Float64Array(rows);
}
