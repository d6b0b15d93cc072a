import type { RandomStream } from '../../random.js';
import type { Distribution } from '../../trace/experiment.js';

/** Draws from a distribution, clamped to its `min` and `max`. */
export function sampler(distribution: Distribution, random: RandomStream): () => number {
  if (distribution.law === 'constant') return () => distribution.value;
  if (distribution.law === 'empirical') return empirical(distribution.values, distribution.weights, random);
  if (distribution.law === 'uniform') {
    const { min, max } = distribution;
    return () => min + random.integer(max - min + 1);
  }
  const { min = 0, max = Infinity } = distribution; // tokens, turns and times are never below 0
  const draw = unclamped(distribution, random);
  return () => Math.min(max, Math.max(min, draw()));
}

function unclamped(
  distribution: Extract<Distribution, { law: 'normal' | 'lognormal' | 'exponential' }>,
  random: RandomStream,
): () => number {
  if (distribution.law === 'normal') return random.normal(distribution.mean, distribution.sd);
  return distribution.law === 'lognormal'
    ? lognormal(distribution.mean, distribution.cv, random)
    : random.exponential(1 / distribution.mean);
}

/** Columns of whole numbers are 32 bits wide. */
const LARGEST_WHOLE = 2 ** 31 - 1;

/** Draws whole numbers of at least 1: token counts, turns. */
export function wholeSampler(distribution: Distribution, random: RandomStream): () => number {
  const draw = sampler(distribution, random);
  return () => Math.min(LARGEST_WHOLE, Math.max(1, Math.round(draw())));
}

function lognormal(mean: number, cv: number, random: RandomStream): () => number {
  const variance = Math.log1p(cv * cv);
  const draw = random.normal(Math.log(mean) - variance / 2, Math.sqrt(variance));
  return () => Math.exp(draw());
}

function empirical(
  values: readonly number[],
  weights: readonly number[] | undefined,
  random: RandomStream,
): () => number {
  let total = 0;
  const upTo = values.map((_, i) => (total += weights?.[i] ?? 1));
  return () => {
    const at = random.uniform() * total;
    let low = 0;
    for (let high = values.length - 1; low < high;) {
      const middle = (low + high) >>> 1;
      if (upTo[middle]! > at) high = middle;
      else low = middle + 1;
    }
    return values[low]!;
  };
}
