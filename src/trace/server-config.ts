/** How one vLLM server was started. Names follow vLLM's own options. */
export interface ServerConfig {
  readonly engineVersion: string;
  readonly tensorParallelSize: number;
  readonly dataParallelSize: number;
  readonly expertParallel: boolean;
  readonly maxNumSeqs: number;
  readonly maxNumBatchedTokens: number;
  readonly maxModelLenTokens?: number;
  readonly gpuMemoryUtilizationRatio: number;
  readonly blockSizeTokens: number;
  readonly prefixCaching: boolean;
  readonly chunkedPrefill: boolean;
  /** Two batches deep when true (the default from vLLM 0.14). */
  readonly asyncScheduling: boolean;
  /** 0 = off. */
  readonly longPrefillTokenThreshold: number;
  readonly schedulingPolicy: 'fcfs' | 'priority';
  /** The server's own block count, null block included; derived from memory when absent. */
  readonly totalKvBlocks?: number;
  /** CPU tier of the KV cache, in blocks; 0 or absent = off. */
  readonly cpuKvBlocks?: number;
}

/** vLLM v0.15.1 `vllm serve` defaults with the limits every public experiment sets. */
export const DEFAULT_SERVER: ServerConfig = {
  engineVersion: '0.15.1',
  tensorParallelSize: 1,
  dataParallelSize: 1,
  expertParallel: false,
  maxNumSeqs: 256,
  maxNumBatchedTokens: 2048,
  gpuMemoryUtilizationRatio: 0.9,
  blockSizeTokens: 16,
  prefixCaching: true,
  chunkedPrefill: true,
  asyncScheduling: true,
  longPrefillTokenThreshold: 0,
  schedulingPolicy: 'fcfs',
};
