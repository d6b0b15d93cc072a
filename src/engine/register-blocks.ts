import { sharedBlocks, sharedHash, type EngineState } from './engine-state.js';

/*
 * When blocks enter the prefix cache. vLLM registers every full block as soon as its tokens are known. Here only prompt
 * blocks are registered then; blocks that just their own request, or the next turn of its conversation, can look up
 * are registered when that may first happen, which nobody can tell from outside.
 */

/** Registers the shared prompt blocks a chunk fills, before it is computed. */
export function registerSharedBlocks(
  engine: EngineState,
  seat: number,
  fromTokens: number,
  toTokens: number,
): void {
  if (!engine.limits.prefixCaching) return;
  const { limits, seats, blocks, pool } = engine;
  const row = seats.row[seat]!;
  const end = Math.min(sharedBlocks(engine, row), Math.floor(toTokens / limits.blockSize));
  for (let index = Math.floor(fromTokens / limits.blockSize); index < end; index++)
    pool.prefix.insert(sharedHash(engine, row, index), blocks.block(seat, index));
}

/** Makes the request's own full blocks findable for its return. */
export function registerPrivateBlocks(engine: EngineState, seat: number, tokens: number): void {
  const { limits, pool, blocks, privateHashes, seats } = engine;
  const row = seats.row[seat]!;
  const shared = sharedBlocks(engine, row);
  const full = Math.floor(tokens / limits.blockSize);
  if (full <= shared) return;
  const first = privateHashes.assign(row, privateBlocks(engine, row));
  for (let index = shared; index < full; index++) {
    const block = blocks.block(seat, index);
    if (pool.prefix.hashOf[block] === -1) pool.prefix.insert(first + index - shared, block);
  }
}

/**
 * Makes full blocks with generated tokens findable for the next turn of the conversation, which begins with them. vLLM
 * registers them one by one as they fill; nobody can look them up before the request ends or is preempted.
 * @param tokens leading tokens of the request that have been computed
 */
export function registerOutputBlocks(engine: EngineState, seat: number, tokens: number): void {
  const { limits, table, seats, blocks, pool } = engine;
  if (table.follows === undefined || !limits.prefixCaching) return;
  const row = seats.row[seat]!;
  const end = Math.min(sharedBlocks(engine, row), Math.floor(tokens / limits.blockSize));
  for (let index = Math.floor(table.promptTokens[row]! / limits.blockSize); index < end; index++) {
    const block = blocks.block(seat, index);
    if (pool.prefix.hashOf[block] === -1) pool.prefix.insert(sharedHash(engine, row, index), block);
  }
}

/** Full blocks a request can ever have beyond its shared ones. */
export const privateBlocks = (engine: EngineState, row: number): number =>
  Math.floor((engine.table.promptTokens[row]! + engine.table.outputTokens[row]!) / engine.limits.blockSize) -
  sharedBlocks(engine, row);
