import type { ModelArch } from '../../trace/model-arch.js';
import type { ServerConfig } from '../../trace/server-config.js';
import type { FirstUse } from '../first-use.js';
import { largestGraph } from '../graph-padding.js';

const SIXTEEN_BIT_BYTES = 2;
/** Token counts vLLM's tuned tables have a kernel configuration for, where CUDA graphs end; the nearest one is taken. */
const TUNED_TOKENS = [256, 512, 1024, 1536, 2048, 3072, 4096];
/** Triton compiles a kernel anew when an integer argument is a multiple of this, or stops being one. */
const SPECIALISED_MULTIPLE = 16;
/**
 * Both products of a layer, at one configuration. Set on one request log that is no experiment of the suite: five stalls of
 * 0.82 to 0.90 s in the first 8 s of Mixtral 8x7B on two H100 (inference-sim/training@c4f0340, 20260218-135247).
 */
const COMPILE_US = 870e3;

const isMultiple = (slots: number): number => (slots % SPECIALISED_MULTIPLE === 0 ? 1 : 0);

const nearestTuned = (tokens: number): number =>
  TUNED_TOKENS.reduce((best, size) => (Math.abs(size - tokens) < Math.abs(best - tokens) ? size : best));

/**
 * Triton kernels of 16-bit experts, which vLLM compiles when a batch first needs them: one for each tuned token count and for
 * each way in which the routed slots, and the slots padded to blocks, are multiples of 16. Undefined for dense models and for FP8
 * experts, whose kernels come compiled.
 * A reading of vLLM v0.15.1 (fused_moe.py, moe_align_block_size.py) and of Triton's specialisation of integer arguments that was
 * compared with one log only, where it gives seven stalls instead of five: hence an option, and none of any published figure.
 */
export function moeFirstUse({ moe, weightBytes }: ModelArch, server: ServerConfig): FirstUse | undefined {
  if (moe === undefined || weightBytes.experts !== SIXTEEN_BIT_BYTES) return undefined;
  const { experts, expertsPerToken } = moe;
  const kernelOf = (rankTokens: number): number => {
    const tokens = server.dataParallelSize * rankTokens;
    const slots = tokens * expertsPerToken;
    // Blocks are multiples of 16 slots, so padding every expert's slots to blocks takes off one slot for each expert.
    return 4 * nearestTuned(tokens) + 2 * isMultiple(slots - experts) + isMultiple(slots);
  };
  return {
    readyTokens: largestGraph(server),
    kernelOf,
    profiledKernel: kernelOf(server.maxNumBatchedTokens),
    compileUs: COMPILE_US,
  };
}
