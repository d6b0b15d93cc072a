import { quantileSorted } from 'simple-statistics';

/** A two-sided percentile interval, in the unit of the statistic. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Resamples drawn per interval: the ends of a 90 % interval then move by a few percent of its width at most. */
const DRAWS = 400;
const TAIL_RATIO = 0.05;

/**
 * 90 % percentile-bootstrap interval of a statistic of `items` (Efron 1979): the 5 % and 95 % quantiles of the statistic
 * over resamples with replacement. Resamples for which the statistic is undefined are left out; undefined when there are
 * fewer than three items or every resample is left out.
 * @param uniform seeded source of numbers in [0, 1)
 */
export function bootstrapInterval<T>(
  items: readonly T[],
  statistic: (sample: readonly T[]) => number | undefined,
  uniform: () => number,
): Interval | undefined {
  if (items.length < 3) return undefined;
  const values: number[] = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    const value = statistic(items.map(() => items[Math.floor(uniform() * items.length)]!));
    if (value !== undefined) values.push(value);
  }
  if (values.length === 0) return undefined;
  values.sort((a, b) => a - b);
  return { low: quantileSorted(values, TAIL_RATIO), high: quantileSorted(values, 1 - TAIL_RATIO) };
}
