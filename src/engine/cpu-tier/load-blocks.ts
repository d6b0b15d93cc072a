import { ADMITTED, BLOCKED, SET_ASIDE, waitingTokens, type Admission } from '../admission.js';
import { LIMITED_BY_KV, sharedBlocks, sharedHash, type EngineState } from '../engine-state.js';
import type { CpuTier } from './cpu-tier.js';

/**
 * Lets a request load what the CPU tier has beyond its GPU hits, if that is at least a block: it then waits, with GPU
 * blocks but without a seat, until the copy is done. It also waits while another one loads what it needs.
 * Source: vLLM v0.15.1, offloading_connector.py `get_num_new_matched_tokens`, `update_state_after_alloc`.
 * @param gpuHits leading blocks found on the GPU, noted in the seat it would get
 * @returns ADMITTED when nothing keeps it from being admitted as if there were no tier
 */
export function offerLoad(engine: EngineState, tier: CpuTier, row: number, gpuHits: number): Admission {
  const full = Math.floor(waitingTokens(engine, row) / engine.limits.blockSize);
  touchLeading(engine, tier, row, full);
  const found = readableRun(engine, tier, row, gpuHits, full);
  if (found.length === 0) return ADMITTED;
  if (engine.limits.prefixCaching && found.some((block) => tier.cpu.isBeingLoaded(block))) return SET_ASIDE;
  const seat = engine.seats.vacant();
  if (found.length + engine.blocks.unusedNoted(seat, gpuHits) > engine.pool.free) {
    engine.limitedBy = LIMITED_BY_KV;
    return BLOCKED;
  }
  engine.blocks.shareNoted(seat, gpuHits);
  engine.blocks.grow(seat, found.length);
  tier.parked.set(row, engine.blocks.detach(seat));
  startLoad(tier, row, found);
  tier.nextStored[row] = gpuHits + found.length;
  return SET_ASIDE;
}

function startLoad(tier: CpuTier, row: number, blocks: readonly number[]): void {
  for (const block of blocks) tier.cpu.beginLoad(block);
  tier.loading.set(row, blocks);
  tier.loads.push({ row, blocks: blocks.length });
  tier.blocksLoaded += blocks.length;
}

/** Blocks of the tier with the request's content from block `first` on, up to the first that cannot be read. */
function readableRun(
  engine: EngineState,
  { cpu }: CpuTier,
  row: number,
  first: number,
  end: number,
): number[] {
  const run: number[] = [];
  for (let index = first; index < end; index++) {
    const block = cpu.find(blockHash(engine, row, index));
    if (block < 0 || !cpu.isReadable(block)) break;
    run.push(block);
  }
  return run;
}

/** Marks a request's leading blocks as used, the last one first, so that its beginning is kept longest. */
export function touchLeading(engine: EngineState, { cpu }: CpuTier, row: number, blocks: number): void {
  for (let index = blocks - 1; index >= 0; index--) {
    const block = cpu.find(blockHash(engine, row, index));
    if (block >= 0) cpu.touch(block);
  }
}

/** Hash id of any full block of a request; −1 when it has none, so that nobody can have stored the block. */
export function blockHash(engine: EngineState, row: number, index: number): number {
  const shared = sharedBlocks(engine, row);
  if (index < shared) return sharedHash(engine, row, index);
  const own = engine.privateHashes.first(row);
  return own < 0 ? -1 : own + index - shared;
}
