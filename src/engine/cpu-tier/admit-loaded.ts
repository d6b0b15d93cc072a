import {
  ADMITTED,
  BLOCKED,
  chunkOf,
  noteAdmission,
  SET_ASIDE,
  waitingTokens,
  type Admission,
} from '../admission.js';
import { LIMITED_BY_KV, sharedBlocks, sharedHash, type EngineState } from '../engine-state.js';
import { registerSharedBlocks } from '../register-blocks.js';
import type { CpuTier } from './cpu-tier.js';

/**
 * Admits a request behind the blocks it has loaded; while they are on their way it has to wait. If all it knows was
 * loaded, one token is computed again.
 * Source: vLLM v0.15.1, scheduler.py `_update_waiting_for_remote_kv`.
 */
export function admitLoaded(engine: EngineState, tier: CpuTier, row: number): Admission {
  if (tier.loading.has(row)) return SET_ASIDE;
  const { limits, pool, blocks } = engine;
  const held = tier.parked.get(row)!;
  const known = waitingTokens(engine, row);
  const computed = Math.min(held.length * limits.blockSize, known - 1);
  if (tier.received.delete(row)) registerLoaded(engine, row, held, computed);
  const tokens = chunkOf(engine, known - computed);
  if (tokens === 0) return BLOCKED;
  const newBlocks = Math.ceil((computed + tokens) / limits.blockSize) - held.length;
  if (newBlocks > pool.free) {
    engine.limitedBy = LIMITED_BY_KV;
    return BLOCKED;
  }
  const seat = engine.seats.take(row, known, computed);
  engine.waiting.remove(row);
  tier.parked.delete(row);
  blocks.attach(seat, held);
  blocks.grow(seat, newBlocks);
  registerSharedBlocks(engine, seat, computed, computed + tokens);
  noteAdmission(engine, seat, tokens);
  return ADMITTED;
}

/** Loaded blocks can be shared from now on; those found on the GPU could be before. */
function registerLoaded(engine: EngineState, row: number, held: Int32Array, computed: number): void {
  const { limits, pool } = engine;
  if (!limits.prefixCaching) return;
  const end = Math.min(sharedBlocks(engine, row), Math.floor(computed / limits.blockSize));
  for (let index = 0; index < end; index++)
    if (pool.prefix.hashOf[held[index]!] === -1)
      pool.prefix.insert(sharedHash(engine, row, index), held[index]!);
}
