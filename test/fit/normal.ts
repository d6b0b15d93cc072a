import { randomStream } from '../../src/random.js';

/** Standard normal numbers of a seeded stream (Box–Muller). */
export function normal(seed: number): () => number {
  const { uniform } = randomStream(seed, 'test normal');
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
