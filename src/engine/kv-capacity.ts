import { TruelineError } from '../errors.js';
import type { GpuSpec } from '../trace/gpu-spec.js';
import { modelWeightBytes, type ModelArch } from '../trace/model-arch.js';
import type { ServerConfig } from '../trace/server-config.js';
import { gibToBytes } from '../units.js';

/** Memory besides weights and KV cache on each GPU: activations of the profiling run and the like. */
const SINGLE_GPU_OVERHEAD_BYTES = gibToBytes(0.4);
/** What NCCL and the all-reduce workspaces take on top when ranks communicate. */
const COMMUNICATION_BYTES = gibToBytes(0.5);

/**
 * Blocks of the GPU KV cache, null block included: the server's own count when the configuration has it, otherwise
 * what is left of the requested memory after weights and overhead, in pages of one block on all layers of one rank.
 * The two overhead constants are set on published block counts (docs/validation.md).
 * @throws ENGINE_INVALID when the model leaves no room for a single usable block.
 * Source: vLLM v0.15.1, gpu_worker.py `determine_available_memory`, kv_cache_utils.py `get_num_blocks`,
 * kv_cache_interface.py `real_page_size_bytes`.
 */
export function kvCapacityBlocks(arch: ModelArch, gpu: GpuSpec, server: ServerConfig): number {
  if (server.totalKvBlocks !== undefined) return server.totalKvBlocks;
  const ranks = server.tensorParallelSize;
  const overheadBytes = SINGLE_GPU_OVERHEAD_BYTES + (ranks > 1 ? COMMUNICATION_BYTES : 0);
  const requestedBytes = Math.ceil(gpu.memoryBytes * server.gpuMemoryUtilizationRatio);
  const freeBytes = requestedBytes - overheadBytes - modelWeightBytes(arch) / ranks;
  const blocks = Math.floor(freeBytes / blockBytes(arch, server));
  if (!(blocks >= 2)) {
    throw new TruelineError(
      'ENGINE_INVALID',
      `${arch.name} leaves no room for a KV cache on ${ranks} × ${gpu.name}`,
      {
        hint: 'Raise tensorParallelSize or gpuMemoryUtilizationRatio.',
      },
    );
  }
  return blocks;
}

/** Bytes of one block on all layers of one rank; heads are replicated when there are more ranks than KV heads. */
function blockBytes(arch: ModelArch, server: ServerConfig): number {
  const headsPerRank = Math.max(1, Math.floor(arch.kvHeads / server.tensorParallelSize));
  return server.blockSizeTokens * arch.layers * headsPerRank * 2 * arch.headDim * arch.kvBytes;
}
