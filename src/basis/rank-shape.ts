import type { ModelArch } from '../trace/model-arch.js';
import type { ServerConfig } from '../trace/server-config.js';

/** Ranks the routed experts of a mixture are spread over, as whole experts or as shards of each. */
export const expertRanks = ({ tensorParallelSize, dataParallelSize }: ServerConfig): number =>
  tensorParallelSize * dataParallelSize;

/** KV heads one tensor-parallel rank holds: replicated once there are fewer heads than ranks. */
export const rankKvHeads = (arch: ModelArch, tensorParallelSize: number): number =>
  Math.max(1, arch.kvHeads / tensorParallelSize);

/** Width of the fused query, key and value projection on one rank. */
export const rankQkvWidth = (arch: ModelArch, tensorParallelSize: number): number =>
  (arch.queryHeads / tensorParallelSize + 2 * rankKvHeads(arch, tensorParallelSize)) * arch.headDim;

/** Bytes of KV cache one token takes in one layer on one rank: keys and values. */
export const rankKvBytesPerToken = (arch: ModelArch, tensorParallelSize: number): number =>
  2 * rankKvHeads(arch, tensorParallelSize) * arch.headDim * arch.kvBytes;
