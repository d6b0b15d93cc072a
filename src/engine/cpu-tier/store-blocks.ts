import { sharedBlocks, type EngineState } from '../engine-state.js';
import { returnedContext } from '../preemption.js';
import { privateBlocks } from '../register-blocks.js';
import { DECODE, PREFILL } from '../seats.js';
import type { CpuTier } from './cpu-tier.js';
import { blockHash, touchLeading } from './load-blocks.js';

/**
 * Gives every full block of the batch's requests that the CPU tier lacks a place there: write-through. Without room the
 * request tries again in its next step. Then blocks of preempted requests become readable. To be called once the batch
 * is formed, before requests advance.
 * Source: vLLM v0.15.1, offloading_connector.py `_get_reqs_to_store`, `build_connector_meta`.
 * @param quiet every decode request is in the batch
 */
export function planStores(engine: EngineState, tier: CpuTier, quiet: boolean): void {
  const { seats, log, stepAdmissions } = engine;
  let firstAdmitted = -1;
  for (let seat = seats.last, i = 0; i < stepAdmissions; i++, seat = seats.previous[seat]!)
    firstAdmitted = seat;
  const resumed = (seat: number) => log.preemptions[seats.row[seat]!]! > 0;
  // New requests, running ones, resumed ones: the order in which vLLM describes a batch to its workers.
  for (let seat = firstAdmitted; seat >= 0; seat = seats.next[seat]!)
    if (!resumed(seat)) storeSeat(engine, tier, seat);
  for (let seat = seats.first; seat !== firstAdmitted && seat >= 0; seat = seats.next[seat]!)
    if (isScheduled(engine, seat, quiet)) storeSeat(engine, tier, seat);
  for (let seat = firstAdmitted; seat >= 0; seat = seats.next[seat]!)
    if (resumed(seat)) storeSeat(engine, tier, seat);
  for (const row of tier.preempted) endStores(tier, row);
}

function isScheduled({ seats, step }: EngineState, seat: number, quiet: boolean): boolean {
  const phase = seats.phase[seat]!;
  return seats.scheduledStep[seat] === step
    ? phase === DECODE || phase === PREFILL
    : quiet && phase === DECODE;
}

function storeSeat(engine: EngineState, tier: CpuTier, seat: number): void {
  const { seats, limits } = engine;
  const row = seats.row[seat]!;
  const tokens =
    seats.phase[seat] === PREFILL
      ? seats.computed[seat]! + seats.chunk[seat]!
      : returnedContext(engine, seat);
  const full = Math.floor(tokens / limits.blockSize);
  const first = tier.nextStored[row]!;
  if (full <= first) return;
  if (full > sharedBlocks(engine, row)) engine.privateHashes.assign(row, privateBlocks(engine, row));
  const missing: number[] = [];
  for (let index = first; index < full; index++) {
    const hash = blockHash(engine, row, index);
    if (tier.cpu.find(hash) < 0) missing.push(hash);
  }
  if (!tier.cpu.makeRoom(missing.length)) return;
  tier.nextStored[row] = full;
  if (missing.length === 0) return;
  const blocks = missing.map((hash) => tier.cpu.beginStore(hash));
  touchLeading(engine, tier, row, full);
  const before = tier.storing.get(row);
  if (before === undefined) tier.storing.set(row, blocks);
  else before.push(...blocks);
  tier.stores.push({ row, blocks: blocks.length });
  tier.blocksStored += blocks.length;
}

/** What a request stored so far can be read. */
export function endStores({ cpu, storing }: CpuTier, row: number): void {
  const blocks = storing.get(row);
  if (blocks === undefined) return;
  for (const block of blocks) cpu.endStore(block);
  blocks.length = 0;
}
