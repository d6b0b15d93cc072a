import { admitLoaded } from './cpu-tier/admit-loaded.js';
import type { CpuTier } from './cpu-tier/cpu-tier.js';
import { offerLoad } from './cpu-tier/load-blocks.js';
import {
  budgetLeft,
  LIMITED_BY_KV,
  LIMITED_BY_SEATS,
  sharedBlocks,
  type EngineState,
} from './engine-state.js';
import {
  ADMITTED,
  BLOCKED,
  chunkOf,
  noteAdmission,
  SET_ASIDE,
  waitingTokens,
  type Admission,
} from './admission.js';
import { registerSharedBlocks } from './register-blocks.js';

/**
 * The waiting pass of `schedule()`: admits from the head of the queue until seats, budget or blocks run out; a head
 * that does not fit blocks all behind it. Requests that wait for a copy from the CPU tier are passed over.
 * Source: vLLM v0.15.1, scheduler.py `schedule`.
 */
export function waitingPass(engine: EngineState): void {
  const { waiting, seats, limits, tier } = engine;
  if (tier !== undefined) tier.aside = [];
  while (waiting.size > 0 && seats.count < limits.maxNumSeqs && budgetLeft(engine) > 0) {
    const row = waiting.head();
    const admission = tier === undefined ? admit(engine, row) : admitWithTier(engine, tier, row);
    if (admission === BLOCKED) break;
    if (admission !== SET_ASIDE) continue;
    waiting.remove(row);
    tier!.aside.push(row);
  }
  if (waiting.size > 0 && seats.count === limits.maxNumSeqs) engine.limitedBy = LIMITED_BY_SEATS;
  if (tier !== undefined) for (const row of tier.aside.toReversed()) waiting.prepend(row);
}

/** Admits a request with as many tokens as the budget allows. */
function admit(engine: EngineState, row: number): Admission {
  return admitBeyond(engine, row, findPrefix(engine, row));
}

/** The same when there is a CPU tier, which may have blocks that the GPU has not. */
function admitWithTier(engine: EngineState, tier: CpuTier, row: number): Admission {
  if (tier.parked.has(row)) return admitLoaded(engine, tier, row);
  const hits = findPrefix(engine, row);
  const offer = offerLoad(engine, tier, row, hits);
  return offer === ADMITTED ? admitBeyond(engine, row, hits) : offer;
}

/** @param hits cached blocks the request begins with, noted in the seat it would get */
function admitBeyond(engine: EngineState, row: number, hits: number): Admission {
  const { limits, pool, blocks, tier } = engine;
  const known = waitingTokens(engine, row);
  const cached = hits * limits.blockSize;
  const tokens = chunkOf(engine, known - cached);
  if (tokens === 0) return BLOCKED;
  const newBlocks = Math.ceil((cached + tokens) / limits.blockSize) - hits;
  // Counting the hits that are free is only worth it when they decide.
  if (
    newBlocks + hits > pool.free &&
    newBlocks + blocks.unusedNoted(engine.seats.vacant(), hits) > pool.free
  ) {
    engine.limitedBy = LIMITED_BY_KV;
    // With a CPU tier, every look at it counts as a use.
    engine.headBlocked = tier === undefined;
    return BLOCKED;
  }
  const seat = engine.seats.take(row, known, cached);
  engine.waiting.remove(row);
  blocks.shareNoted(seat, hits);
  blocks.grow(seat, newBlocks);
  registerSharedBlocks(engine, seat, cached, cached + tokens);
  noteAdmission(engine, seat, tokens);
  return ADMITTED;
}

/**
 * Notes the cached blocks a request begins with in the seat it would get; returns their number. At least one token is
 * always computed.
 * Source: vLLM v0.15.1, kv_cache_manager.py `get_computed_blocks`.
 */
function findPrefix(engine: EngineState, row: number): number {
  const { blocks, chains, table, limits } = engine;
  if (!limits.prefixCaching) return 0;
  const limit = Math.floor((waitingTokens(engine, row) - 1) / limits.blockSize);
  const seat = engine.seats.vacant();
  const shared = sharedBlocks(engine, row);
  const firstHash = chains.start[table.promptId[row]!]!;
  let hits = blocks.notePrefix(seat, chains.ids, firstHash, Math.min(limit, shared));
  const own = engine.privateHashes.first(row);
  if (own < 0 || hits < shared) return hits;
  while (hits < limit && blocks.noteBlock(seat, hits, own + hits - shared)) hits++;
  return hits;
}
