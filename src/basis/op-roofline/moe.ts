import type { MoeArch, ModelArch } from '../../trace/model-arch.js';
import type { KernelConstants, MoeFallback, MoeShape } from '../kernel-constants.js';
import { expertRanks } from '../rank-shape.js';
import { activeExperts } from './active-experts.js';
import { interpolate } from './interpolate.js';
import { nearestMoeShape, scaledMoeShape } from './nearest-moe-shape.js';
import { MEASURED, type OpContext, type OpTerm } from './op-term.js';

/** Up to here a layer is priced by its active experts; beyond, by the line to the sweep's value at `LARGE_TOKENS`. */
const SMALL_TOKENS = 256;
const LARGE_TOKENS = 1024;
const MATRICES_PER_EXPERT = 3;
const ACTIVATION_BYTES = 2;
const MILLION = 1e6;

const expertPrecision = (arch: ModelArch): MoeShape['precision'] =>
  arch.weightBytes.experts === 1 ? 'fp8' : 'bf16';

/** The table of this layer: its own sweep, else the nearest swept layer scaled; undefined without any of its precision. */
function shapeOf(
  arch: ModelArch,
  moe: MoeArch,
  tensorParallelSize: number,
  kernels: KernelConstants,
): MoeShape | undefined {
  const wanted = {
    precision: expertPrecision(arch),
    hiddenSize: arch.hiddenSize,
    expertFfnSize: moe.expertFfnSize,
    experts: moe.experts,
    expertsPerToken: moe.expertsPerToken,
    tensorParallelSize,
  };
  const nearest = nearestMoeShape(wanted, kernels);
  return nearest && scaledMoeShape(nearest, wanted, kernels.moe.launchUs);
}

/** Time of a swept layer with at most `SMALL_TOKENS` tokens, in µs: `m0 + (t_full − m0)·A(T)/E + c·T`. */
function smallBatchUs(tokens: number, shape: MoeShape, launchUs: number): number {
  const active = activeExperts(tokens, shape.experts, shape.expertsPerToken) / shape.experts;
  return launchUs + (shape.fullUs - launchUs) * active + shape.usPerToken * tokens;
}

/**
 * Time of one swept mixture-of-experts layer, in µs: by its active experts up to 256 tokens, then straight lines through
 * the sweep's larger token counts, the last slope going on; never below the value at 256 tokens.
 */
export function sweptMoeUs(tokens: number, shape: MoeShape, launchUs: number): number {
  if (tokens <= SMALL_TOKENS) return smallBatchUs(tokens, shape, launchUs);
  const smallUs = smallBatchUs(SMALL_TOKENS, shape, launchUs);
  const large = shape.largeTokens ?? { tokens: [LARGE_TOKENS], us: [shape.at1024TokensUs] };
  const us = large.us.map((value) => Math.max(value, smallUs));
  return interpolate(tokens, [SMALL_TOKENS, ...large.tokens], [smallUs, ...us]);
}

/** Rule for shapes without a sweep, and the peak its arithmetic is measured against. */
function fallbackOf({ arch, gpu, kernels }: OpContext): { constants: MoeFallback; flopPerUs: number } {
  if (expertPrecision(arch) === 'bf16') {
    return { constants: kernels.moe.fallback, flopPerUs: gpu.bf16FlopPerUs };
  }
  return {
    constants: kernels.moe.fp8Fallback ?? kernels.moe.fallback,
    flopPerUs: gpu.fp8FlopPerUs ?? gpu.bf16FlopPerUs,
  };
}

/** Time of one layer of any shape, in µs: `f0 + f1·A(T)·3·d·f·w/tp/BW + f2·T·d·2/10⁶ + f3·2·T·k·3·d·f/tp/F`. */
export function unsweptMoeUs(tokens: number, moe: MoeArch, context: OpContext): number {
  const { arch, gpu, server } = context;
  const { constants, flopPerUs } = fallbackOf(context);
  const rankParameters = (MATRICES_PER_EXPERT * arch.hiddenSize * moe.expertFfnSize) / expertRanks(server);
  const active = activeExperts(tokens, moe.experts, moe.expertsPerToken);
  const weightsUs = (active * rankParameters * arch.weightBytes.experts) / gpu.hbmBytesPerUs;
  const activationBytes = tokens * arch.hiddenSize * ACTIVATION_BYTES;
  const computeUs = (2 * tokens * moe.expertsPerToken * rankParameters) / flopPerUs;
  return (
    constants.launchUs +
    constants.memoryFactor * weightsUs +
    (constants.usPerMillionActivationBytes * activationBytes) / MILLION +
    (constants.computeFactor ?? 0) * computeUs
  );
}

/**
 * Routed experts of all mixture-of-experts layers; 0 for dense models. Spreading whole experts over ranks is priced like
 * sharding each of them: a rank reads the same bytes on average. Data-parallel ranks spread them further, and the tokens of all
 * meet at each of them.
 */
export const moe: OpTerm = {
  name: 'moe',
  unit: 'ratio',
  formula:
    'L_moe·[m0 + (t_full − m0)·A(T)/E + c·T], or L_moe·[f0 + f1·A·3·d·f·w/tp/BW + f2·T·d·2/10⁶ + f3·6·T·k·d·f/tp/F]',
  source: 'kernel sweeps moe_perf',
  prior: MEASURED,
  bind(context) {
    const { arch, server, kernels } = context;
    const layers = arch.moe;
    if (layers === undefined) return {};
    const shape = shapeOf(arch, layers, expertRanks(server), kernels);
    const layerUs =
      shape === undefined
        ? (tokens: number) => unsweptMoeUs(tokens, layers, context)
        : (tokens: number) => sweptMoeUs(tokens, shape, kernels.moe.launchUs);
    return { byTokens: (tokens) => layers.layers * layerUs(server.dataParallelSize * tokens) };
  },
};
