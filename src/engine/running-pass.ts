import type { EngineState } from './engine-state.js';
import { preempt, preemptionVictim, registerSharedBlocks } from './preemption.js';
import { FINISHING, PREFILL } from './seats.js';

/**
 * The running pass of `schedule()` when it is certain that every running request gets what it asks for: decodes need
 * no work but their new blocks. Which of several requests gets which free block has no effect: all blocks taken in a
 * step are blank. Returns the tokens left of the budget, or −1 (nothing done) when requests may compete.
 */
export function quietRunningPass(engine: EngineState): number {
  const { limits, decodes, pool, prefills, step } = engine;
  const crossings = decodes.crossings(step);
  let budget = limits.maxNumBatchedTokens - decodes.count;
  if (prefills.size > 0) {
    if (!prefillsFit(engine, budget, pool.free - crossings)) return -1;
  } else if (crossings > pool.free) return -1;
  if (crossings > 0)
    for (let seat = decodes.firstCrossing(step); seat >= 0; seat = decodes.nextCrossing(seat))
      engine.blocks.grow(seat, 1);
  for (let i = 0; i < prefills.size; i++) budget -= schedulePrefill(engine, prefills.rows[i]!, budget);
  return budget;
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
    const chunk = Math.min(wantedTokens(engine, seat), budget);
    tokens += wantedTokens(engine, seat);
    blocks += missingBlocks(engine, seat, chunk);
  }
  if (blocks > freeBlocks) return false;
  return tokens <= budget || (prefills.size === 1 && prefills.rows[0] === seats.last);
}

function schedulePrefill(engine: EngineState, seat: number, budget: number): number {
  const chunk = Math.min(wantedTokens(engine, seat), budget);
  if (chunk === 0) return 0;
  place(engine, seat, chunk);
  return chunk;
}

/**
 * The running pass as vLLM does it, request by request in admission order, preempting when blocks run out.
 * Returns the tokens left of the budget. Source: vLLM v0.15.1, scheduler.py `schedule`.
 */
export function contestedRunningPass(engine: EngineState): number {
  const { limits, seats } = engine;
  let budget = limits.maxNumBatchedTokens;
  for (let seat = seats.first; seat >= 0 && budget > 0; seat = seats.next[seat]!) {
    if (seats.phase[seat] === FINISHING) continue;
    const tokens = Math.min(wantedTokens(engine, seat), budget);
    const refund = makeRoom(engine, seat, tokens);
    if (refund < 0) break;
    place(engine, seat, tokens);
    budget += refund - tokens;
  }
  return budget;
}

/**
 * Preempts until the seat's blocks are free. Returns the tokens of this step that victims gave back, or −1 when the
 * seat itself had to go.
 */
function makeRoom(engine: EngineState, seat: number, tokens: number): number {
  const { seats, pool, step } = engine;
  let refund = 0;
  while (missingBlocks(engine, seat, tokens) > pool.free) {
    const victim = preemptionVictim(engine);
    if (seats.scheduledStep[victim] === step) refund += seats.chunk[victim]!;
    preempt(engine, victim);
    if (victim === seat) return -1;
  }
  return refund;
}

/** Gives a seat its blocks and tokens of this step. */
function place(engine: EngineState, seat: number, tokens: number): void {
  const { seats, blocks, step } = engine;
  blocks.grow(seat, missingBlocks(engine, seat, tokens));
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
