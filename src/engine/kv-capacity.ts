import { TruelineError } from '../errors.js';
import type { GpuSpec } from '../trace/gpu-spec.js';
import { expertWeightBytes, modelWeightBytes, type ModelArch } from '../trace/model-arch.js';
import type { ServerConfig } from '../trace/server-config.js';
import { gibToBytes } from '../units.js';

/** CUDA libraries and small buffers of each process; set on published block counts. */
const PROCESS_BYTES = gibToBytes(0.15);
/** What NCCL and the all-reduce workspaces take when ranks communicate; set on published block counts. */
const COMMUNICATION_BYTES = gibToBytes(0.4);
/**
 * Peak of the profiling run's sampler: 16 and 32-bit logits, their sorted copy with 64-bit indices, sort buffers,
 * probabilities and cumulative sums; set on published block counts.
 */
const SAMPLER_BYTES_PER_LOGIT = 52;
/** Hidden states and residual of one token, in 16 bit. */
const HIDDEN_BYTES_PER_WIDTH = 4;
/** The table of rotary embeddings has one 16-bit value per head dimension and position of the longest context. */
const ROTARY_BYTES_PER_DIMENSION = 2;

/**
 * Blocks of the GPU KV cache, null block included: the server's own count when the configuration has it, otherwise
 * what is left of the requested memory after weights and the profiling run, in pages of one block on all layers of one
 * rank. Within 1 % of eleven published counts of dense and MoE text models (table in docs/accuracy.md). Towers for other
 * modalities are not counted, so multimodal models come out too large (Llama-4-Scout by 19 %): give their `totalKvBlocks`.
 * @throws ENGINE_INVALID when the model leaves no room for a single usable block.
 * Source: vLLM v0.15.1, gpu_worker.py `determine_available_memory`, kv_cache_utils.py `get_num_blocks`,
 * kv_cache_interface.py `real_page_size_bytes`; counts: inference-sim/sim-to-real-accuracy-validation.
 */
export function kvCapacityBlocks(arch: ModelArch, gpu: GpuSpec, server: ServerConfig): number {
  if (server.totalKvBlocks !== undefined) return server.totalKvBlocks;
  const requestedBytes = Math.ceil(gpu.memoryBytes * server.gpuMemoryUtilizationRatio);
  const weightBytes = rankWeightBytes(arch, server);
  const cacheBytes = requestedBytes - weightBytes - profiledBytes(arch, server);
  const blocks = Math.floor(cacheBytes / blockBytes(arch, server));
  if (blocks >= 2) return blocks;
  const ranks = `${server.tensorParallelSize} × ${gpu.name}`;
  throw new TruelineError('ENGINE_INVALID', `${arch.name} leaves no room for a KV cache on ${ranks}`, {
    hint: 'Raise tensorParallelSize or gpuMemoryUtilizationRatio.',
  });
}

/** Weights of one rank: data-parallel ranks of a mixture share its routed experts, and hold copies of all else. */
function rankWeightBytes(arch: ModelArch, { tensorParallelSize, dataParallelSize }: ServerConfig): number {
  const elsewhereRatio = 1 - 1 / dataParallelSize;
  return (modelWeightBytes(arch) - elsewhereRatio * expertWeightBytes(arch)) / tensorParallelSize;
}

/** Memory one rank needs besides weights and KV cache, as vLLM's profiling run finds it. */
function profiledBytes(arch: ModelArch, server: ServerConfig): number {
  const communicates =
    server.tensorParallelSize > 1 || (arch.moe !== undefined && server.dataParallelSize > 1);
  const rows = Math.min(server.maxNumSeqs, server.maxNumBatchedTokens);
  return (
    PROCESS_BYTES +
    (communicates ? COMMUNICATION_BYTES : 0) +
    SAMPLER_BYTES_PER_LOGIT * rows * arch.vocabSize +
    HIDDEN_BYTES_PER_WIDTH * server.maxNumBatchedTokens * arch.hiddenSize +
    ROTARY_BYTES_PER_DIMENSION * arch.maxContextTokens * arch.headDim
  );
}

/**
 * Time to copy one block of one rank between GPU and host memory, in µs, at the link's data-sheet rate: the ranks copy
 * their shares at the same time.
 * @throws ENGINE_INVALID when the GPU's data sheet lacks the link
 */
export function blockCopyUs(arch: ModelArch, gpu: GpuSpec, server: ServerConfig): number {
  if (gpu.hostLinkBytesPerUs !== undefined) return blockBytes(arch, server) / gpu.hostLinkBytesPerUs;
  throw new TruelineError('ENGINE_INVALID', `cpuKvBlocks is set, and ${gpu.name} has no link to the host`, {
    hint: 'Give hostLinkGbPerS in the data sheet of the GPU.',
  });
}

/** Bytes of one block on all layers of one rank; heads are replicated when there are more ranks than KV heads. */
function blockBytes(arch: ModelArch, server: ServerConfig): number {
  const headsPerRank = Math.max(1, Math.floor(arch.kvHeads / server.tensorParallelSize));
  return server.blockSizeTokens * arch.layers * headsPerRank * 2 * arch.headDim * arch.kvBytes;
}
