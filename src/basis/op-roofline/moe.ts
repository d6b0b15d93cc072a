import type { MoeArch, ModelArch } from '../../trace/model-arch.js';
import type { KernelConstants, MoeShape } from '../kernel-constants.js';
import { activeExperts } from './active-experts.js';
import { MEASURED, type OpContext, type OpTerm } from './op-term.js';

/** Up to here a layer is priced by its active experts; beyond, by the line to the sweep's value at `LARGE_TOKENS`. */
const SMALL_TOKENS = 256;
const LARGE_TOKENS = 1024;
const MATRICES_PER_EXPERT = 3;
const ACTIVATION_BYTES = 2;
const MILLION = 1e6;

const expertPrecision = (arch: ModelArch): MoeShape['precision'] =>
  arch.weightBytes.experts === 1 ? 'fp8' : 'bf16';

/** The sweep of exactly this layer, if there is one. */
function sweptShape(
  arch: ModelArch,
  moe: MoeArch,
  tp: number,
  kernels: KernelConstants,
): MoeShape | undefined {
  return kernels.moe.shapes.find(
    (shape) =>
      shape.precision === expertPrecision(arch) &&
      shape.hiddenSize === arch.hiddenSize &&
      shape.expertFfnSize === moe.expertFfnSize &&
      shape.experts === moe.experts &&
      shape.expertsPerToken === moe.expertsPerToken &&
      shape.tensorParallelSize === tp,
  );
}

/**
 * Time of one swept mixture-of-experts layer, in µs: `m0 + (t_full − m0)·A(T)/E + c·T` up to 256 tokens, then straight
 * to the sweep's value at 1024 tokens and on with that slope, never below the value at 256.
 */
export function sweptMoeUs(tokens: number, shape: MoeShape, launchUs: number): number {
  if (tokens <= SMALL_TOKENS) {
    const active = activeExperts(tokens, shape.experts, shape.expertsPerToken) / shape.experts;
    return launchUs + (shape.fullUs - launchUs) * active + shape.usPerToken * tokens;
  }
  const small = sweptMoeUs(SMALL_TOKENS, shape, launchUs);
  const slope = Math.max(0, shape.at1024TokensUs - small) / (LARGE_TOKENS - SMALL_TOKENS);
  return small + slope * (tokens - SMALL_TOKENS);
}

/** Time of one layer of any shape, in µs: `f0 + f1·A(T)·3·d·f·w/tp/BW + f2·T·d·2/1e6`. */
export function unsweptMoeUs(tokens: number, moe: MoeArch, context: OpContext): number {
  const { arch, gpu, server, kernels } = context;
  const { launchUs, memoryFactor, usPerMillionActivationBytes } = kernels.moe.fallback;
  const expertBytes = MATRICES_PER_EXPERT * arch.hiddenSize * moe.expertFfnSize * arch.weightBytes.experts;
  const active = activeExperts(tokens, moe.experts, moe.expertsPerToken);
  const weightsUs = (active * expertBytes) / server.tensorParallelSize / gpu.hbmBytesPerUs;
  const activationBytes = tokens * arch.hiddenSize * ACTIVATION_BYTES;
  return launchUs + memoryFactor * weightsUs + (usPerMillionActivationBytes * activationBytes) / MILLION;
}

/**
 * Routed experts of all mixture-of-experts layers; 0 for dense models. Spreading whole experts over ranks is priced like
 * sharding each of them: a rank reads the same bytes on average.
 */
export const moe: OpTerm = {
  name: 'moe',
  unit: 'ratio',
  formula: 'L_moe·[m0 + (t_full − m0)·A(T)/E + c·T], or L_moe·[f0 + f1·A·3·d·f·w/tp/BW + f2·T·d·2/10⁶]',
  source: 'kernel sweeps moe_perf',
  prior: MEASURED,
  bind(context) {
    const { arch, server, kernels } = context;
    const layers = arch.moe;
    if (layers === undefined) return {};
    const shape = sweptShape(arch, layers, server.tensorParallelSize, kernels);
    const layerUs =
      shape === undefined
        ? (tokens: number) => unsweptMoeUs(tokens, layers, context)
        : (tokens: number) => sweptMoeUs(tokens, shape, kernels.moe.launchUs);
    return { byTokens: (tokens) => layers.layers * layerUs(tokens) };
  },
};
