import type { EngineState } from '../engine-state.js';
import type { CpuTier } from './cpu-tier.js';
import { wouldHang } from './fruitless-preemptions.js';
import { hasEnded } from './park-blocks.js';

/**
 * Refuses to go on when nothing will ever happen again: waiting requests keep the GPU blocks they have loaded, and vLLM
 * takes blocks from running requests only. To be called when nothing was scheduled and nothing is to come; what the
 * last batch brought has its effect in the next, so the second call in a row decides.
 * @throws ENGINE_INVALID
 */
export function refuseDeadlock(engine: EngineState, tier: CpuTier): void {
  if (!isStill(engine, tier)) {
    tier.stillStep = -1;
    return;
  }
  if (tier.stillStep !== engine.step) {
    tier.stillStep = engine.step;
    return;
  }
  throw wouldHang(
    `${engine.waiting.size} waiting requests keep KV blocks loaded from the CPU tier from each other`,
  );
}

/** Nothing is running or being copied. */
function isStill(engine: EngineState, { parked, loading }: CpuTier): boolean {
  const ended = [...parked.keys()].some((row) => hasEnded(engine, row));
  return engine.seats.count === 0 && loading.size === 0 && parked.size > 0 && !ended;
}
