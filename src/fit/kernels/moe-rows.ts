import type { MoeShape } from '../../basis/kernel-constants.js';
import type { GpuSpec } from '../../trace/gpu-spec.js';
import type { MoeRows } from '../../trace/kernel-sweep.js';
import type { DroppedRows } from './kernel-fit-result.js';
import { isL2Resident } from './l2-residency.js';
import { selectRows } from './select-rows.js';

/** The kernel vLLM picks for 16-bit and FP8 experts, and its emulation by `tools/measure_kernels.py`. */
const FUSED_KERNELS: readonly (string | undefined)[] = ['vllm_fused_moe', 'torch_bmm'];
const BALANCED = 'balanced';
const POWER_LAW = 'power_law_1.01';
/**
 * Power-law routing ÷ balanced routing by slots per expert, once every expert is active: the busiest expert is later. Medians
 * over five sweeps that have both (H100, H200, B200; vLLM 0.14 and 0.19; 16 bit and FP8), within 0.04 of these steps.
 */
const POWER_LAW_RATIOS = [
  { upToSlots: 20, ratio: 1 },
  { upToSlots: 1024, ratio: 1.08 },
  { upToSlots: Infinity, ratio: 1.02 },
] as const;
const FEW_EXPERTS = 8;
/** Slots per expert from which power-law routing reaches every expert in those sweeps: the rare ones of many come late. */
const SLOTS_TO_REACH_FEW = 2;
const SLOTS_TO_REACH_MANY = 16;
const MOST_TENSOR_PARALLEL = 8;

const MATRICES_PER_EXPERT = 3;

const PRECISIONS: Readonly<Record<string, MoeShape['precision']>> = { bfloat16: 'bf16', fp8: 'fp8' };
const WEIGHT_BYTES = { bf16: 2, fp8: 1 } as const;

/** One measured point of a fused mixture-of-experts layer, as one rank computes it. */
export interface MoePoint {
  readonly precision: MoeShape['precision'];
  readonly tokens: number;
  readonly hiddenSize: number;
  readonly expertFfnSize: number;
  readonly experts: number;
  readonly expertsPerToken: number;
  readonly tensorParallelSize: number;
  /** Experts that got at least one token; undefined when the routing does not tell. */
  readonly activeExperts: number | undefined;
  /** Weights of one expert on one rank. */
  readonly expertBytes: number;
  /** As balanced routing would take. */
  readonly us: number;
}

export interface MoePoints {
  readonly points: readonly MoePoint[];
  readonly dropped: readonly DroppedRows[];
  readonly routing: 'balanced' | 'power law';
}

/** Distinct experts reached: exact for balanced routing and for one token, all or unknown under power-law routing. */
function activeExperts(tokens: number, experts: number, expertsPerToken: number, isBalanced: boolean) {
  const slots = tokens * expertsPerToken;
  if (isBalanced || tokens === 1) return Math.min(experts, slots);
  const needed = experts <= FEW_EXPERTS ? SLOTS_TO_REACH_FEW : SLOTS_TO_REACH_MANY;
  return slots >= needed * experts ? experts : undefined;
}

/** What a row's routing costs over balanced routing. */
function routingRatio(tokens: number, experts: number, expertsPerToken: number, isBalanced: boolean): number {
  if (isBalanced || tokens === 1) return 1;
  const slots = (tokens * expertsPerToken) / experts;
  return POWER_LAW_RATIOS.find(({ upToSlots }) => slots <= upToSlots)?.ratio ?? 1;
}

function pointOf({ numbers, labels, us }: MoeRows, row: number, isBalanced: boolean): MoePoint {
  const precision = PRECISIONS[labels.dtype[row]!]!;
  const layer = {
    precision,
    tokens: numbers.tokens[row]!,
    hiddenSize: numbers.hiddenSize[row]!,
    expertFfnSize: numbers.expertFfnSize[row]!,
    experts: numbers.experts[row]!,
    expertsPerToken: numbers.expertsPerToken[row]!,
    tensorParallelSize: numbers.tensorParallelSize[row]!,
  };
  const rankWidth = layer.expertFfnSize / layer.tensorParallelSize;
  const { tokens, experts, expertsPerToken } = layer;
  return {
    ...layer,
    activeExperts: activeExperts(tokens, experts, expertsPerToken, isBalanced),
    expertBytes: MATRICES_PER_EXPERT * layer.hiddenSize * rankWidth * WEIGHT_BYTES[precision],
    us: us[row]! / routingRatio(tokens, experts, expertsPerToken, isBalanced),
  };
}

/** The rows of one release that serving with tensor parallelism runs; balanced routing where it was swept. */
export function moePoints(rows: MoeRows, gpu: GpuSpec, release: string): MoePoints {
  const { dtype, kernel, distribution } = rows.labels;
  const isBalanced = distribution.some(
    (name, row) => name === BALANCED && rows.labels.release[row] === release,
  );
  const wanted = isBalanced ? BALANCED : POWER_LAW;
  const hasArithmetic = (row: number): boolean =>
    PRECISIONS[dtype[row]!] === 'bf16' ||
    (PRECISIONS[dtype[row]!] === 'fp8' && gpu.fp8FlopPerUs !== undefined);
  const selected = selectRows(rows.count, [
    { reason: 'other release', drop: (row) => rows.labels.release[row] !== release },
    { reason: 'neither 16 bit nor FP8', drop: (row) => !hasArithmetic(row) },
    { reason: 'other kernel', drop: (row) => !FUSED_KERNELS.includes(kernel[row]) },
    { reason: 'expert parallel', drop: (row) => rows.numbers.expertParallelSize[row] !== 1 },
    {
      reason: `tensor parallel beyond ${MOST_TENSOR_PARALLEL}`,
      drop: (row) => rows.numbers.tensorParallelSize[row]! > MOST_TENSOR_PARALLEL,
    },
    { reason: `routing other than ${wanted}`, drop: (row) => distribution[row] !== wanted },
  ]);
  const points = selected.rows.map((row) => pointOf(rows, row, isBalanced));
  const fits = points.filter(
    ({ activeExperts: active, expertBytes }) => !isL2Resident((active ?? 0) * expertBytes, gpu),
  );
  const resident = {
    reason: 'active experts stay in L2 between repeats',
    count: points.length - fits.length,
  };
  return {
    points: fits,
    dropped: [...selected.dropped, resident].filter(({ count }) => count > 0),
    routing: isBalanced ? 'balanced' : 'power law',
  };
}

/** Everything but the token count. */
export const layerKey = (point: MoePoint): string =>
  `${point.precision} ${shapeKey(point)} tp${point.tensorParallelSize}`;

/** The layer before sharding. */
export const shapeKey = ({
  hiddenSize,
  expertFfnSize,
  experts,
  expertsPerToken,
}: Pick<MoePoint, 'hiddenSize' | 'expertFfnSize' | 'experts' | 'expertsPerToken'>): string =>
  `${hiddenSize}x${expertFfnSize} ${expertsPerToken}of${experts}`;
