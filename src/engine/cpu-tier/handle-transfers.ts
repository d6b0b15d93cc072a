import type { EngineClock } from '../engine-clock.js';
import type { CpuTier } from './cpu-tier.js';
import type { TransferReport } from './offload-worker.js';

/** The worker begins to handle the batch that was formed last; a preemption may make it wait. */
export function beginTransfers(tier: CpuTier, clock: EngineClock): void {
  clock.waitFor(tier.worker.begin(clock.nowUs, clock.gpuFreeUs, tier.preempted, tier.loads));
  tier.preempted = [];
  tier.loads = [];
}

/** The worker has launched the batch. */
export function finishTransfers(tier: CpuTier, nowUs: number): TransferReport {
  const report = tier.worker.finish(nowUs, tier.stores, tier.ended);
  tier.stores = [];
  tier.ended = [];
  return report;
}
