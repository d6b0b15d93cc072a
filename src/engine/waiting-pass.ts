import {
  budgetLeft,
  LIMITED_BY_KV,
  LIMITED_BY_SEATS,
  sharedBlocks,
  type EngineState,
} from './engine-state.js';
import { registerSharedBlocks } from './register-blocks.js';

/**
 * The waiting pass of `schedule()`: admits from the head of the queue until seats, budget or blocks run out; a head
 * that does not fit blocks all behind it. Source: vLLM v0.15.1, scheduler.py `schedule`.
 */
export function waitingPass(engine: EngineState): void {
  const { waiting, seats, limits } = engine;
  while (waiting.size > 0 && seats.count < limits.maxNumSeqs && budgetLeft(engine) > 0)
    if (!admit(engine, waiting.head())) return;
  if (waiting.size > 0 && seats.count === limits.maxNumSeqs) engine.limitedBy = LIMITED_BY_SEATS;
}

/** Admits a request with as many tokens as the budget allows; false when it has to wait. */
function admit(engine: EngineState, row: number): boolean {
  const { limits, table, pool, blocks } = engine;
  const known = table.promptTokens[row]! + engine.outputsKnown[row]!;
  const hits = limits.prefixCaching ? findPrefix(engine, row, Math.floor((known - 1) / limits.blockSize)) : 0;
  const cached = hits * limits.blockSize;
  const wanted = Math.min(known - cached, limits.chunkTokens);
  if (!limits.chunkedPrefill && wanted > budgetLeft(engine)) return false;
  const tokens = Math.min(wanted, budgetLeft(engine));
  const newBlocks = Math.ceil((cached + tokens) / limits.blockSize) - hits;
  // Counting the hits that are free is only worth it when they decide.
  if (
    newBlocks + hits > pool.free &&
    newBlocks + blocks.unusedNoted(engine.seats.vacant(), hits) > pool.free
  ) {
    engine.limitedBy = LIMITED_BY_KV;
    engine.headBlocked = true;
    return false;
  }
  const seat = engine.seats.take(row, known, cached);
  engine.waiting.remove(row);
  blocks.shareNoted(seat, hits);
  blocks.grow(seat, newBlocks);
  registerSharedBlocks(engine, seat, cached, cached + tokens);
  noteAdmission(engine, seat, tokens);
  return true;
}

function noteAdmission(engine: EngineState, seat: number, tokens: number): void {
  const { seats, log, step } = engine;
  const row = seats.row[seat]!;
  seats.chunk[seat] = tokens;
  seats.scheduledStep[seat] = step;
  engine.prefills.push(seat);
  engine.stepAdmissions++;
  engine.stepTokens += tokens;
  if (log.scheduledStep[row] !== -1) return;
  log.scheduledStep[row] = step;
  log.scheduledAtUs[row] = engine.scheduledAtUs;
  log.cachedTokens[row] = seats.computed[seat]!;
}

/**
 * Notes the cached blocks a request begins with, at most `limit`, in the seat it would get; returns their number.
 * Source: vLLM v0.15.1, kv_cache_manager.py `get_computed_blocks`.
 */
function findPrefix(engine: EngineState, row: number, limit: number): number {
  const { blocks, chains, table } = engine;
  const seat = engine.seats.vacant();
  const shared = sharedBlocks(engine, row);
  const firstHash = chains.start[table.promptId[row]!]!;
  let hits = blocks.notePrefix(seat, chains.ids, firstHash, Math.min(limit, shared));
  const own = engine.privateHashes.first(row);
  if (own < 0 || hits < shared) return hits;
  while (hits < limit && blocks.noteBlock(seat, hits, own + hits - shared)) hits++;
  return hits;
}
