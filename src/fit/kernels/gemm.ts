import type { GpuSpec } from '../../trace/gpu-spec.js';
import type { GemmRows } from '../../trace/kernel-sweep.js';
import type { LogProblem, TimeModel } from './fit-log-model.js';
import type { OperatorFit } from './kernel-fit-result.js';
import { fitOperator, type OperatorCandidate, type ParameterName } from './operator-fit.js';
import { selectRows, type SelectedRows } from './select-rows.js';

/** Arithmetic of a matrix product: what the sweep calls it, its bytes per weight and activation, its peak. */
interface GemmPrecision {
  readonly dtype: string;
  readonly bytes: number;
  readonly flopPerUs: number;
}

const OUTPUT_BYTES = 2;
/** Serving models have no matrix smaller than this on either side but the router. */
const LEAST_SIDE = 768;
/** The sweep's graph holds this many copies of the product with weights of their own: those that fit into L2 together stay there. */
const ROTATED_WEIGHTS = 6;
/** Rows per shape; sweeps with more token counts are thinned evenly. */
const ROWS_PER_SHAPE = 24;
const FEW_TOKENS = 4;
/** Up to 4 tokens a different (split-K) kernel runs; steps of a loaded server have more. */
const FEW_TOKENS_WEIGHT = 0.3;

const BASE_NAMES: readonly ParameterName[] = [
  { name: 'memoryFloorUs', unit: 'µs' },
  { name: 'memoryFactor', unit: 'ratio' },
  { name: 'computeFloorUs', unit: 'µs' },
  { name: 'computeFactor', unit: 'ratio' },
  { name: 'sharpness', unit: '1' },
];
const DEPTH: ParameterName = { name: 'usPerThousandDepth', unit: 'µs' };
const ACTIVATION: ParameterName = { name: 'usPerMillionActivations', unit: 'µs' };
const BASE_FORMULA = '[(g0 + g1·(nkw + mkw + 2mn)/BW)^s + (g2 + g3·2mnk/F)^s]^(1/s)';

/** Columns the models read, one entry per selected row. */
interface GemmFeatures {
  readonly memoryUs: Float64Array;
  readonly computeUs: Float64Array;
  /** k/1000. */
  readonly depth: Float64Array;
  /** m·k/10⁶. */
  readonly activations: Float64Array;
}

function features(
  { numbers }: GemmRows,
  rows: readonly number[],
  precision: GemmPrecision,
  gpu: GpuSpec,
): GemmFeatures {
  const { m, n, k } = numbers;
  const column = (value: (m: number, n: number, k: number) => number): Float64Array =>
    Float64Array.from(rows, (row) => value(m[row]!, n[row]!, k[row]!));
  const { bytes, flopPerUs } = precision;
  return {
    memoryUs: column((M, N, K) => (bytes * K * (N + M) + OUTPUT_BYTES * M * N) / gpu.hbmBytesPerUs),
    computeUs: column((M, N, K) => (2 * M * N * K) / flopPerUs),
    depth: column((_M, _N, K) => K / 1e3),
    activations: column((M, _N, K) => (M * K) / 1e6),
  };
}

/** [a^s + b^s]^(1/s) without overflow; exponentials because V8's power function takes three times as long. */
function softMax(a: number, b: number, sharpness: number): number {
  const larger = Math.max(a, b);
  const smaller = Math.min(a, b);
  if (smaller === 0) return larger;
  return larger * Math.exp(Math.log1p(Math.exp(sharpness * Math.log(smaller / larger))) / sharpness);
}

function timeModel(x: GemmFeatures, hasDepth: boolean, hasActivation: boolean): TimeModel {
  return (parameters) => {
    const [g0 = 0, g1 = 0, g2 = 0, g3 = 0, sharpness = 1, ...extra] = parameters;
    const perDepth = hasDepth ? (extra[0] ?? 0) : 0;
    const perActivation = hasActivation ? (extra.at(-1) ?? 0) : 0;
    return (row) =>
      softMax(g0 + g1 * x.memoryUs[row]!, g2 + g3 * x.computeUs[row]!, sharpness) +
      perDepth * x.depth[row]! +
      perActivation * x.activations[row]!;
  };
}

/** Keeps at most ROWS_PER_SHAPE token counts of every shape, evenly spread over those swept, first and last included. */
function thin({ numbers: { n, k } }: GemmRows, rows: readonly number[]): number[] {
  const shapes = new Map<string, number[]>();
  for (const row of rows) {
    const shape = `${n[row]!}x${k[row]!}`;
    const members = shapes.get(shape) ?? [];
    shapes.set(shape, members);
    members.push(row);
  }
  return [...shapes.values()].flatMap((members) => {
    const kept = Math.min(members.length, ROWS_PER_SHAPE);
    if (kept < 2) return members;
    return Array.from(
      { length: kept },
      (_, i) => members[Math.round((i * (members.length - 1)) / (kept - 1))]!,
    );
  });
}

function select(rows: GemmRows, precision: GemmPrecision, gpu: GpuSpec, release: string): SelectedRows {
  const { m, n, k } = rows.numbers;
  const otherRows = (row: number): boolean =>
    rows.labels.release[row] !== release || rows.labels.dtype[row] !== precision.dtype;
  const leastWeightBytes = gpu.l2Bytes / ROTATED_WEIGHTS;
  const selected = selectRows(rows.count, [
    { reason: 'other precision or release', drop: otherRows },
    { reason: `n or k below ${LEAST_SIDE}`, drop: (row) => Math.min(n[row]!, k[row]!) < LEAST_SIDE },
    {
      reason: `weights stay in L2 between repeats (below L2/${ROTATED_WEIGHTS})`,
      drop: (row) => n[row]! * k[row]! * precision.bytes < leastWeightBytes,
    },
  ]);
  const byShapeThenTokens = selected.rows.toSorted((a, b) => n[a]! - n[b]! || k[a]! - k[b]! || m[a]! - m[b]!);
  const kept = thin(rows, byShapeThenTokens);
  const thinned = selected.rows.length - kept.length;
  const reason = `thinned to ${ROWS_PER_SHAPE} token counts per shape`;
  return {
    rows: kept,
    dropped: thinned === 0 ? selected.dropped : [...selected.dropped, { reason, count: thinned }],
  };
}

/** The forms that are compared: plain, with a serial pass over k, with a pass over the activations, with both. */
function candidates(base: LogProblem, x: GemmFeatures): readonly [OperatorCandidate, ...OperatorCandidate[]] {
  const form = (name: string, hasDepth: boolean, hasActivation: boolean): OperatorCandidate => {
    const extra = [...(hasDepth ? [DEPTH] : []), ...(hasActivation ? [ACTIVATION] : [])];
    return {
      form: name,
      formula: `${BASE_FORMULA}${hasDepth ? ' + g4·k/10³' : ''}${hasActivation ? ' + g5·mk/10⁶' : ''}`,
      names: [...BASE_NAMES, ...extra],
      problem: {
        ...base,
        model: timeModel(x, hasDepth, hasActivation),
        start: [...base.start, ...extra.map(() => 0.3)],
        least: [...base.least, ...extra.map(() => 0)],
      },
    };
  };
  return [
    form('two limits', false, false),
    form('two limits + depth', true, false),
    form('two limits + activations', false, true),
    form('two limits + depth + activations', true, true),
  ];
}

function precisionOf(dtype: 'bf16' | 'fp8', gpu: GpuSpec): GemmPrecision | undefined {
  if (dtype === 'bf16') return { dtype: 'bfloat16', bytes: 2, flopPerUs: gpu.bf16FlopPerUs };
  return gpu.fp8FlopPerUs === undefined ? undefined : { dtype: 'fp8', bytes: 1, flopPerUs: gpu.fp8FlopPerUs };
}

/**
 * Launch floors, memory and compute efficiency of one GPU's matrix products at one precision; whole (n, k) shapes are
 * held out. Undefined when the sweep has no usable row or the GPU no such arithmetic.
 */
export function fitGemm(
  rows: GemmRows,
  dtype: 'bf16' | 'fp8',
  gpu: GpuSpec,
  release: string,
): OperatorFit | undefined {
  const precision = precisionOf(dtype, gpu);
  if (precision === undefined) return undefined;
  const selected = select(rows, precision, gpu, release);
  if (selected.rows.length === 0) return undefined;
  const { m, n, k } = rows.numbers;
  const at = (row: number): number => selected.rows[row]!;
  const base: LogProblem = {
    count: selected.rows.length,
    us: (row) => rows.us[at(row)]!,
    weight: (row) => (m[at(row)]! <= FEW_TOKENS ? FEW_TOKENS_WEIGHT : 1),
    group: (row) => `${n[at(row)]!}x${k[at(row)]!}`,
    model: () => () => 0,
    start: [4, 1.2, 4, 1.2, 3],
    least: [0, 0.1, 0, 0.1, 1],
  };
  const between = (low: number, high: number) => ({
    name: `m ${low}–${high}`,
    has: (row: number) => m[at(row)]! >= low && m[at(row)]! <= high,
  });
  return fitOperator({
    operator: `gemm ${dtype}`,
    release,
    dropped: selected.dropped,
    candidates: candidates(base, features(rows, selected.rows, precision, gpu)),
    bands: [between(1, 4), between(5, 64), between(65, 256), between(257, 1024), between(1025, 8192)],
  });
}
