import { budgetLeft, type EngineState } from './engine-state.js';
import { preempt, preemptionVictim } from './preemption.js';
import { registerSharedBlocks } from './register-blocks.js';
import { FINISHING, PREFILL } from './seats.js';

/**
 * The running pass of `schedule()` when it is certain that every running request gets what it asks for: decodes need
 * no work but their new blocks. Which of several requests gets which free block has no effect: all blocks taken in a
 * step are blank. Returns false, with nothing done, when requests may compete.
 */
export function quietRunningPass(engine: EngineState): boolean {
  const { limits, decodes, pool, prefills, step } = engine;
  const crossings = decodes.crossings(step);
  if (crossings > pool.free) return false;
  if (prefills.size > 0) {
    const budget = limits.maxNumBatchedTokens - decodes.count;
    if (!prefillsFit(engine, budget, pool.free - crossings)) return false;
  }
  if (crossings > 0) growCrossing(engine, step);
  engine.stepTokens = decodes.count;
  for (let i = 0; i < prefills.size; i++) {
    const seat = prefills.rows[i]!;
    const tokens = Math.min(wantedTokens(engine, seat), budgetLeft(engine));
    if (tokens > 0) place(engine, seat, tokens);
  }
  return true;
}

/** New blocks for the decodes whose context fills their last one. */
export function growCrossing({ decodes, blocks }: EngineState, step: number): void {
  blocks.growEach(decodes.crossings(step), decodes.firstCrossing(step), decodes.crossingLinks);
}

/**
 * Whether the prefills get all they want of what decodes leave over, or the only one stands behind all decodes and so
 * takes what is left in list order too.
 */
function prefillsFit(engine: EngineState, budget: number, freeBlocks: number): boolean {
  const { prefills, seats } = engine;
  let tokens = 0;
  let blocks = 0;
  for (let i = 0; i < prefills.size; i++) {
    const seat = prefills.rows[i]!;
    const wanted = wantedTokens(engine, seat);
    tokens += wanted;
    blocks += missingBlocks(engine, seat, Math.min(wanted, budget));
  }
  if (blocks > freeBlocks) return false;
  return tokens <= budget || (prefills.size === 1 && prefills.rows[0] === seats.last);
}

/**
 * The running pass as vLLM does it, request by request in admission order, preempting when blocks run out; it ends
 * with a request that has to give way itself. Source: vLLM v0.15.1, scheduler.py `schedule`.
 */
export function contestedRunningPass(engine: EngineState): void {
  const { seats } = engine;
  for (let seat = seats.first; seat >= 0 && budgetLeft(engine) > 0; seat = seats.next[seat]!) {
    if (seats.phase[seat] === FINISHING) continue;
    const tokens = Math.min(wantedTokens(engine, seat), budgetLeft(engine));
    if (!makeRoom(engine, seat, tokens)) return;
    place(engine, seat, tokens);
  }
}

/** Preempts until the seat's blocks are free; false when the seat itself had to go. */
function makeRoom(engine: EngineState, seat: number, tokens: number): boolean {
  while (missingBlocks(engine, seat, tokens) > engine.pool.free) {
    const victim = preemptionVictim(engine);
    preempt(engine, victim);
    if (victim === seat) return false;
  }
  return true;
}

/** Gives a seat its blocks and tokens of this step. */
function place(engine: EngineState, seat: number, tokens: number): void {
  const { seats, blocks, step } = engine;
  blocks.grow(seat, missingBlocks(engine, seat, tokens));
  engine.stepTokens += tokens;
  seats.chunk[seat] = tokens;
  seats.scheduledStep[seat] = step;
  if (seats.phase[seat] !== PREFILL) return;
  const computed = seats.computed[seat]!;
  registerSharedBlocks(engine, seat, computed, computed + tokens);
}

/** Tokens a running request asks for in this step. */
function wantedTokens({ seats, limits }: EngineState, seat: number): number {
  if (seats.phase[seat] !== PREFILL) return 1;
  return Math.min(seats.target[seat]! - seats.computed[seat]!, limits.chunkTokens);
}

/** Blocks a seat lacks for `tokens` more tokens. */
function missingBlocks({ seats, blocks, limits, step }: EngineState, seat: number, tokens: number): number {
  const needed = Math.ceil((seats.computedBefore(seat, step) + tokens) / limits.blockSize);
  return Math.max(0, needed - blocks.held[seat]!);
}
