import { InvalidArgumentError } from 'commander';

function parsed(text: string, accepts: (value: number) => boolean, expected: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value) || !accepts(value)) throw new InvalidArgumentError(`Expected ${expected}.`);
  return value;
}

/** Option parser: a finite number above 0. */
export const positive = (text: string): number => parsed(text, (v) => v > 0, 'a number above 0');

/** Option parser: a finite number, 0 or more. */
export const nonNegative = (text: string): number => parsed(text, (v) => v >= 0, 'a number, 0 or more');

/** Option parser: a whole number, 1 or more. */
export const count = (text: string): number =>
  parsed(text, (v) => Number.isSafeInteger(v) && v >= 1, 'a whole number, 1 or more');

/** Option parser: a whole number, 0 or more. */
export const seed = (text: string): number =>
  parsed(text, (v) => Number.isSafeInteger(v) && v >= 0, 'a whole number, 0 or more');
