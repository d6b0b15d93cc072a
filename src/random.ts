import { createHash } from 'node:crypto';
import { randomExponential, randomGamma, randomNormal, randomWeibull } from 'd3-random';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** One seeded source of random numbers; every sampler draws from the same stream. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  /** Uniform integer in [0, bound). */
  readonly integer: (bound: number) => number;
  readonly exponential: (rate: number) => () => number;
  readonly normal: (mean: number, sd: number) => () => number;
  readonly gamma: (shape: number, scale: number) => () => number;
  readonly weibull: (shape: number, location: number, scale: number) => () => number;
}

/**
 * The random stream of one subsystem: equal seed and name give equal draws, any other pair gives independent ones.
 * The 128-bit state comes from a hash because small seeds of xoroshiro128+ are correlated and start near 1.
 */
export function randomStream(seed: number, name: string): RandomStream {
  const hash = createHash('sha256').update(`${seed}/${name}`).digest();
  const state = [0, 4, 8, 12].map((offset) => hash.readInt32LE(offset));
  const generator = xoroshiro128plusFromState(state);
  const uniform = () => uniformFloat64(generator);
  return {
    uniform,
    integer: (bound) => Math.floor(uniform() * bound),
    exponential: randomExponential.source(uniform),
    normal: randomNormal.source(uniform),
    gamma: randomGamma.source(uniform),
    weibull: randomWeibull.source(uniform),
  };
}
