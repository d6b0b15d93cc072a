import type { EngineState } from '../engine-state.js';
import type { CpuTier } from './cpu-tier.js';
import type { TransferReport } from './offload-worker.js';
import { endStores } from './store-blocks.js';

/** Gives an ended request's blocks back, or keeps them while they are being copied. */
export function releaseSeat(engine: EngineState, seat: number): void {
  const { tier, blocks, seats } = engine;
  const row = seats.row[seat]!;
  if (tier?.storing.has(row) === true) tier.parked.set(row, blocks.detach(seat));
  else blocks.releaseAll(seat);
}

/** A request has ended: tells the worker, and gives back blocks that are not being copied. */
export function endOffloading(engine: EngineState, tier: CpuTier, row: number): void {
  tier.received.delete(row);
  tier.fruitlessPreemptions = 0;
  if (tier.storing.has(row)) tier.ended.push(row);
  releaseParked(engine, tier, row);
}

/**
 * What the worker found done takes effect. Loaded blocks can be used from the next `schedule()` on.
 * Source: vLLM v0.15.1, scheduler.py `_update_from_kv_xfer_finished`.
 */
export function applyReport(engine: EngineState, tier: CpuTier, { loaded, stored }: TransferReport): void {
  for (const row of loaded) {
    for (const block of tier.loading.get(row)!) tier.cpu.endLoad(block);
    tier.loading.delete(row);
    if (hasEnded(engine, row)) releaseParked(engine, tier, row);
    else tier.received.add(row);
  }
  for (const row of stored) {
    endStores(tier, row);
    tier.storing.delete(row);
    releaseParked(engine, tier, row);
  }
}

/** Whether a request has its last token, or its client gave up. */
export const hasEnded = ({ log }: EngineState, row: number): boolean => !Number.isNaN(log.finishedAtUs[row]!);

function releaseParked({ pool }: EngineState, { parked, loading, storing }: CpuTier, row: number): void {
  const blocks = parked.get(row);
  if (blocks === undefined || loading.has(row) || storing.has(row)) return;
  pool.release(blocks, 0, blocks.length);
  parked.delete(row);
}
