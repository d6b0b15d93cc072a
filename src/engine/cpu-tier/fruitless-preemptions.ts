import { TruelineError } from '../../errors.js';
import type { CpuTier } from './cpu-tier.js';

/** Preemptions without a request that ends; far beyond what any server does that comes to an end. */
const FRUITLESS_PREEMPTIONS = 20_000;

/** The refusal of a server on which requests would wait for ever. */
export const wouldHang = (what: string): TruelineError =>
  new TruelineError('ENGINE_INVALID', `${what}: vLLM would hang`, {
    hint: 'Give the server more KV blocks (totalKvBlocks), or no CPU tier.',
  });

/**
 * A running request has given way. Waiting requests that keep the blocks they have loaded may leave so few to the
 * running ones that these preempt each other for ever.
 * @throws ENGINE_INVALID when they do
 */
export function notePreempted(tier: CpuTier, row: number): void {
  tier.preempted.push(row);
  if (++tier.fruitlessPreemptions === FRUITLESS_PREEMPTIONS)
    throw wouldHang('running requests preempt each other for KV blocks that waiting requests have loaded');
}
