import type { GpuSpec } from '../../trace/gpu-spec.js';
import type { GemmRows } from '../../trace/kernel-sweep.js';
import { gemmForms, type GemmPrecision } from './gemm-forms.js';
import type { OperatorFit } from './kernel-fit-result.js';
import { fitOperator } from './operator-fit.js';
import { selectRows, type SelectedRows } from './select-rows.js';

/** Serving models have no matrix smaller than this on either side but the router. */
const LEAST_SIDE = 768;
/** The sweep's graph holds this many copies of the product with weights of their own: those that fit into L2 together stay there. */
const ROTATED_WEIGHTS = 6;
/** Rows per shape; sweeps with more token counts are thinned evenly. */
const ROWS_PER_SHAPE = 24;
const FEW_TOKENS = 4;
/** Beyond 4 tokens, CUDA graphs pad a step to multiples of 8; the sweep's `2^i + 1` points only show partly filled tiles. */
const PADDED_TOKENS = 8;
/** No serving step has more tokens. */
const MOST_TOKENS = 8192;
/** Up to 4 tokens a different (split-K) kernel runs; steps of a loaded server have more. */
const FEW_TOKENS_WEIGHT = 0.3;

const isStepSize = (tokens: number): boolean =>
  tokens <= FEW_TOKENS ? tokens !== 3 : tokens % PADDED_TOKENS === 0 && tokens <= MOST_TOKENS;

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
    { reason: 'token count of no padded step', drop: (row) => !isStepSize(m[row]!) },
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
  const base = {
    count: selected.rows.length,
    us: (row: number) => rows.us[at(row)]!,
    weight: (row: number) => (m[at(row)]! <= FEW_TOKENS ? FEW_TOKENS_WEIGHT : 1),
    group: (row: number) => `${n[at(row)]!}x${k[at(row)]!}`,
  };
  const between = (low: number, high: number) => ({
    name: `m ${low}–${high}`,
    has: (row: number) => m[at(row)]! >= low && m[at(row)]! <= high,
  });
  return fitOperator({
    operator: `gemm ${dtype}`,
    release,
    dropped: selected.dropped,
    candidates: gemmForms(base, rows, selected.rows, precision, gpu),
    bands: [between(1, 4), between(5, 64), between(65, 256), between(257, 1024), between(1025, 8192)],
  });
}
