import type { ServerConfig } from '../trace/server-config.js';

/** The server settings one engine schedules by, under the scheduler's own names. */
export interface EngineLimits {
  readonly maxNumSeqs: number;
  readonly maxNumBatchedTokens: number;
  /** Cap on one request's tokens per step; Infinity when off. */
  readonly chunkTokens: number;
  readonly blockSize: number;
  /** KV blocks a request can get: all but the null block. */
  readonly usableBlocks: number;
  readonly prefixCaching: boolean;
  readonly chunkedPrefill: boolean;
  readonly asyncScheduling: boolean;
  readonly priority: boolean;
  /** Absent without a CPU tier. */
  readonly cpuTier?: CpuTierLimits;
}

/** Size and speed of the CPU tier of the KV cache. */
interface CpuTierLimits {
  readonly blocks: number;
  /** Time to copy one block between GPU and CPU. */
  readonly copyUs: number;
}

/**
 * @param totalBlocks null block included
 * @param copyUs time to copy one block between GPU and CPU; only a server with a CPU tier needs it
 */
export const engineLimits = (server: ServerConfig, totalBlocks: number, copyUs = 0): EngineLimits => ({
  maxNumSeqs: server.maxNumSeqs,
  maxNumBatchedTokens: server.maxNumBatchedTokens,
  chunkTokens: server.longPrefillTokenThreshold > 0 ? server.longPrefillTokenThreshold : Infinity,
  blockSize: server.blockSizeTokens,
  usableBlocks: totalBlocks - 1,
  prefixCaching: server.prefixCaching,
  chunkedPrefill: server.chunkedPrefill,
  asyncScheduling: server.asyncScheduling,
  priority: server.schedulingPolicy === 'priority',
  ...(server.cpuKvBlocks !== undefined &&
    server.cpuKvBlocks > 0 && { cpuTier: { blocks: server.cpuKvBlocks, copyUs } }),
});
