import type { RandomStream } from '../../random.js';
import type { Distribution } from '../../trace/experiment.js';

/** Draws from a distribution, clamped to its `min` and `max`. */
export function sampler(distribution: Distribution, random: RandomStream): () => number {
  switch (distribution.law) {
    case 'constant':
      return () => distribution.value;
    case 'uniform': {
      const { min, max } = distribution;
      return () => min + random.integer(max - min + 1);
    }
    case 'normal':
      return clamped(random.normal(distribution.mean, distribution.sd), distribution);
    case 'lognormal':
      return clamped(lognormal(distribution.mean, distribution.cv, random), distribution);
    case 'exponential':
      return clamped(random.exponential(1 / distribution.mean), distribution);
    default:
      return empirical(distribution.values, distribution.weights, random);
  }
}

/** Columns of whole numbers are 32 bits wide. */
const LARGEST_WHOLE = 2 ** 31 - 1;

/** Draws whole numbers of at least 1: token counts, turns. */
export function wholeSampler(distribution: Distribution, random: RandomStream): () => number {
  const draw = sampler(distribution, random);
  return () => Math.min(LARGEST_WHOLE, Math.max(1, Math.round(draw())));
}

/** Never below 0: quantities are tokens, turns and times. */
function clamped(
  draw: () => number,
  { min = 0, max = Infinity }: { min?: number; max?: number },
): () => number {
  return () => Math.min(max, Math.max(min, draw()));
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
