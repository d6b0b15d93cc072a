import { InvalidArgumentError } from 'commander';
import type { PriorOverrides } from '../../fit/index.js';

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

/** Option parser: a whole number from 1 to `largest`. */
export const countUpTo =
  (largest: number) =>
  (text: string): number =>
    parsed(text, (v) => Number.isInteger(v) && v >= 1 && v <= largest, `a whole number from 1 to ${largest}`);

/** Option parser: a whole number, 0 or more. */
export const seed = (text: string): number =>
  parsed(text, (v) => Number.isSafeInteger(v) && v >= 0, 'a whole number, 0 or more');

/** Option parser, collecting: `term=sd` pairs as prior overrides. */
export function priorSds(text: string, before: PriorOverrides = {}): PriorOverrides {
  const [term = '', sd = ''] = text.split('=', 2);
  if (term === '') throw new InvalidArgumentError('Expected a term and its spread, like gemm=0.05.');
  return { ...before, [term]: { sd: nonNegative(sd) } };
}

/** Option parser: `2/8`, part 2 of 8. */
export function shardOf(text: string): { readonly index: number; readonly count: number } {
  const [, index = '', parts = ''] = /^(\d+)\/(\d+)$/u.exec(text.trim()) ?? [];
  const shard = { index: Number(index), count: Number(parts) };
  if (index === '' || shard.index < 1 || shard.index > shard.count || shard.count > 1e6)
    throw new InvalidArgumentError('Expected i/n with i from 1 to n, like 2/8.');
  return shard;
}
