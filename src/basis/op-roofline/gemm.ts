import type { GpuSpec } from '../../trace/gpu-spec.js';
import { denseLayers, type ModelArch } from '../../trace/model-arch.js';
import { graphPadded } from '../graph-padding.js';
import type { GemmConstants, KernelConstants } from '../kernel-constants.js';
import { rankQkvWidth } from '../rank-shape.js';
import { MEASURED, type OpTerm } from './op-term.js';

/** One weight matrix of a rank: `depth` inputs to `width` outputs. */
export interface WeightMatrix {
  readonly width: number;
  readonly depth: number;
  readonly bytesPerWeight: number;
  /** How many of it a forward pass runs through. */
  readonly count: number;
}

const OUTPUT_BYTES = 2;
const FP8_BYTES = 1;
const THOUSAND = 1e3;
const MILLION = 1e6;

/**
 * Time of one matrix product of `rows` × depth by depth × width, in µs:
 * `[(g0 + g1·(nkw + mka + 2mn)/BW)^s + (g2 + g3·2mnk/F)^s]^(1/s) + g4·k/10³ + g5·mk/10⁶`, m = rows, n = width,
 * k = depth, w and a bytes per weight and per activation. FP8 weights take the FP8 kernel where the GPU has one.
 */
export function gemmUs(rows: number, matrix: WeightMatrix, kernels: KernelConstants, gpu: GpuSpec): number {
  const { width, depth, bytesPerWeight } = matrix;
  const fp8 = bytesPerWeight === FP8_BYTES && gpu.fp8FlopPerUs !== undefined ? kernels.gemm.fp8 : undefined;
  const flopPerUs = fp8 === undefined ? gpu.bf16FlopPerUs : (gpu.fp8FlopPerUs ?? gpu.bf16FlopPerUs);
  const activationBytes = fp8 === undefined ? OUTPUT_BYTES : FP8_BYTES;
  const bytes = width * depth * bytesPerWeight + rows * depth * activationBytes + OUTPUT_BYTES * rows * width;
  const flop = 2 * rows * width * depth;
  const constants = fp8 ?? kernels.gemm.bf16;
  const { usPerThousandDepth = 0, usPerMillionActivations = 0 } = constants;
  return (
    blend(constants, bytes / gpu.hbmBytesPerUs, flop / flopPerUs) +
    (usPerThousandDepth * depth) / THOUSAND +
    (usPerMillionActivations * rows * depth) / MILLION
  );
}

function blend(constants: GemmConstants, memoryUs: number, computeUs: number): number {
  const { sharpness } = constants;
  const memory = constants.memoryFloorUs + constants.memoryFactor * memoryUs;
  const compute = constants.computeFloorUs + constants.computeFactor * computeUs;
  const larger = Math.max(memory, compute);
  if (larger === 0) return 0;
  const ratio = Math.min(memory, compute) / larger; // keeps the powers near 1
  return larger * (1 + ratio ** sharpness) ** (1 / sharpness);
}

/** The weight matrices of all layers on one rank, routed experts excepted (they are the `moe` term). */
export function layerMatrices(arch: ModelArch, tensorParallelSize: number): WeightMatrix[] {
  const { hiddenSize: d, weightBytes, moe } = arch;
  const tp = tensorParallelSize;
  const pair = (ffn: number, bytesPerWeight: number, count: number): WeightMatrix[] => [
    { width: (2 * ffn) / tp, depth: d, bytesPerWeight, count },
    { width: d, depth: ffn / tp, bytesPerWeight, count },
  ];
  const attention = { bytesPerWeight: weightBytes.attention, count: arch.layers };
  const matrices: WeightMatrix[] = [
    { width: rankQkvWidth(arch, tp), depth: d, ...attention },
    { width: d, depth: (arch.queryHeads * arch.headDim) / tp, ...attention },
  ];
  if (denseLayers(arch) > 0) matrices.push(...pair(arch.ffnSize, weightBytes.ffn, denseLayers(arch)));
  if (moe !== undefined) {
    const shared = moe.sharedExpertFfnSize;
    if (shared > 0) matrices.push(...pair(shared, weightBytes.sharedExpert, moe.layers));
    matrices.push({
      width: moe.experts,
      depth: d,
      bytesPerWeight: weightBytes.vocabulary,
      count: moe.layers,
    });
  }
  return matrices;
}

/** Matrix products of all layers over the padded tokens, and the LM head over one row per request. */
export const gemm: OpTerm = {
  name: 'gemm',
  unit: 'ratio',
  formula: 'Σ_layers [G(T′,qkv) + G(T′,o) + G(T′,ffn up) + G(T′,ffn down) (+ router)] + G(B′,V/tp,d)',
  source: 'kernel sweeps gemm_perf; roofline of Williams et al. 2009 with launch floors',
  prior: MEASURED,
  bind({ arch, gpu, server, kernels }) {
    const tp = server.tensorParallelSize;
    const matrices = layerMatrices(arch, tp);
    const head: WeightMatrix = {
      width: arch.vocabSize / tp,
      depth: arch.hiddenSize,
      bytesPerWeight: arch.weightBytes.vocabulary,
      count: 1,
    };
    return {
      byTokens(tokens) {
        const rows = graphPadded(tokens, server);
        return matrices.reduce((sum, matrix) => sum + matrix.count * gemmUs(rows, matrix, kernels, gpu), 0);
      },
      byRequests: (requests) => gemmUs(graphPadded(requests, server), head, kernels, gpu),
    };
  },
};
