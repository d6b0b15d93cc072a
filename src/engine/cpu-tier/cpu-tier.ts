import type { EngineLimits } from '../engine-limits.js';
import { CpuBlocks } from './cpu-blocks.js';
import { OffloadWorker, type Copy } from './offload-worker.js';

/**
 * The CPU tier of the KV cache as the scheduler sees it. Requests are named by row, blocks of the tier by number.
 * Source: vLLM v0.15.1, offloading_connector.py `OffloadingConnectorScheduler`.
 */
export interface CpuTier {
  readonly cpu: CpuBlocks;
  readonly worker: OffloadWorker;
  /** GPU blocks of requests without a seat: those that load or have loaded, and ended ones still being copied. */
  readonly parked: Map<number, Int32Array>;
  /** Leading blocks of each request that were stored, or found stored. */
  readonly nextStored: Int32Array;
  /** Blocks of the tier that requests store, by row; kept, maybe empty, until the request's last copy is reported. */
  readonly storing: Map<number, number[]>;
  /** Blocks of the tier that requests load. */
  readonly loading: Map<number, readonly number[]>;
  /** Requests whose load is done, before the scheduler has looked at them. */
  readonly received: Set<number>;
  /** Of the batch being formed. */
  stores: Copy[];
  loads: Copy[];
  preempted: number[];
  /** Requests with stores that have ended since the last `schedule()`. */
  ended: number[];
  /** Waiting requests that the last waiting pass had to pass over. */
  aside: number[];
  /** Step before which nothing was running or being copied when the engine last slept; −1 for none. */
  stillStep: number;
  /** Preemptions since a request last ended. */
  fruitlessPreemptions: number;
  /** Of the whole run. */
  blocksStored: number;
  blocksLoaded: number;
}

/** An empty tier, or undefined without one. @param rows of the request table */
export const newCpuTier = ({ cpuTier }: EngineLimits, rows: number): CpuTier | undefined =>
  cpuTier && {
    cpu: new CpuBlocks(cpuTier.blocks),
    worker: new OffloadWorker(cpuTier.copyUs),
    parked: new Map(),
    nextStored: new Int32Array(rows),
    storing: new Map(),
    loading: new Map(),
    received: new Set(),
    stores: [],
    loads: [],
    preempted: [],
    ended: [],
    aside: [],
    stillStep: -1,
    fruitlessPreemptions: 0,
    blocksStored: 0,
    blocksLoaded: 0,
  };
