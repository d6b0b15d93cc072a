import { quantileSorted } from 'simple-statistics';
import type { StepColumns } from '../trace/trace.js';

/** Values of a column at `rows`, in their order, without those that are not known. */
export function knownAt(column: Float64Array, rows: Int32Array): Float64Array {
  const values = new Float64Array(rows.length);
  let n = 0;
  for (const row of rows) {
    const value = column[row]!;
    if (!Number.isNaN(value)) values[n++] = value;
  }
  return values.subarray(0, n);
}

/** True when at least one value is known. */
export const someKnown = (values: Float64Array): boolean => values.some((value) => !Number.isNaN(value));

/** Quantile of type 7 (see `stats/sample-summary`); NaN for an empty sample. */
export function quantile(values: Float64Array, p: number): number {
  if (values.length === 0) return NaN;
  // it lies between two neighbours: a list of all the others would be a second copy of a million steps
  const at = (values.length - 1) * p;
  const below = Math.floor(at);
  return quantileSorted([...values.toSorted().subarray(below, below + 2)], at - below);
}

export const median = (values: Float64Array): number => quantile(values, 0.5);

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};

/** First and last third of a series, for comparing its beginning with its end. */
export function outerThirds(values: Float64Array): {
  readonly first: Float64Array;
  readonly last: Float64Array;
} {
  const third = Math.floor(values.length / 3);
  return { first: values.subarray(0, third), last: values.subarray(values.length - third) };
}

/** Most steps that a quantile of step times looks at: it stands still long before, and a million of them is megabytes a copy. */
const MOST_STEPS = 2 ** 18;

/** Every step, or an even sample of very many. */
const strideOf = ({ count }: StepColumns): number => Math.max(1, Math.ceil(count / MOST_STEPS));

/** Known periods of steps without prefill, in µs; of an even sample of the steps where there are more than 262,144. */
export function decodePeriodsUs(steps: StepColumns): Float64Array {
  const stride = strideOf(steps);
  const periodsUs = new Float64Array(Math.ceil(steps.count / stride));
  let n = 0;
  for (let row = 0; row < steps.count; row += stride) {
    const us = steps.periodUs[row]!;
    if (!Number.isNaN(us) && steps.prefillTokens[row] === 0) periodsUs[n++] = us;
  }
  return periodsUs.subarray(0, n);
}

/**
 * Time per step between neighbouring recorded steps that found requests running, in µs: difference of their start times ÷
 * difference of their ids. Pauses of the server make some of them too long. Of an even sample, like `decodePeriodsUs`.
 */
export function startGapsUs(steps: StepColumns): Float64Array {
  const stride = strideOf(steps);
  const gaps = new Float64Array(Math.ceil(steps.count / stride));
  let n = 0;
  for (let row = 1; row < steps.count; row += stride) {
    const ids = steps.id[row]! - steps.id[row - 1]!;
    const gapUs = (steps.scheduledAtUs[row]! - steps.scheduledAtUs[row - 1]!) / ids;
    if (steps.running[row] !== 0 && gapUs > 0) gaps[n++] = gapUs;
  }
  return gaps.subarray(0, n);
}
