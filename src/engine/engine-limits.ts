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
}

/** @param totalBlocks null block included */
export const engineLimits = (server: ServerConfig, totalBlocks: number): EngineLimits => ({
  maxNumSeqs: server.maxNumSeqs,
  maxNumBatchedTokens: server.maxNumBatchedTokens,
  chunkTokens: server.longPrefillTokenThreshold > 0 ? server.longPrefillTokenThreshold : Infinity,
  blockSize: server.blockSizeTokens,
  usableBlocks: totalBlocks - 1,
  prefixCaching: server.prefixCaching,
  chunkedPrefill: server.chunkedPrefill,
  asyncScheduling: server.asyncScheduling,
  priority: server.schedulingPolicy === 'priority',
});
