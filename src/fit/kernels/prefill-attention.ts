import type { GpuSpec } from '../../trace/gpu-spec.js';
import type { ContextAttentionRows } from '../../trace/kernel-sweep.js';
import {
  headConfiguration,
  kernelFilters,
  KV_BYTES,
  LEAST_QUERIES_PER_KV_HEAD,
  queriesPerKvHead,
} from './attention-rows.js';
import type { OperatorFit } from './kernel-fit-result.js';
import { linearCandidate, type LinearPart } from './linear-time.js';
import { fitOperator, type OperatorTask } from './operator-fit.js';
import { selectRows, type SelectedRows } from './select-rows.js';

const LEAST_PROMPT = 16;
/** Tokens of one call; steps of a server have fewer. */
const MOST_TOKENS = 16_384;
/** One or two query heads cannot fill a GPU; no rank of a served model has so few. */
const LEAST_QUERY_HEADS = 4;
/** Two products, multiply and add, half of the pairs masked. */
const FLOP_PER_TOKEN_SQUARED = 2;

function select(rows: ContextAttentionRows, release: string): SelectedRows {
  const { batch, promptTokens, queryHeads } = rows.numbers;
  return selectRows(rows.count, [
    ...kernelFilters(rows, release),
    { reason: `prompts under ${LEAST_PROMPT} tokens`, drop: (row) => promptTokens[row]! < LEAST_PROMPT },
    {
      reason: `more than ${MOST_TOKENS} tokens in a call`,
      drop: (row) => batch[row]! * promptTokens[row]! > MOST_TOKENS,
    },
    { reason: `under ${LEAST_QUERY_HEADS} query heads`, drop: (row) => queryHeads[row]! < LEAST_QUERY_HEADS },
    {
      reason: `under ${LEAST_QUERIES_PER_KV_HEAD} queries per KV head`,
      drop: (row) => queriesPerKvHead(rows, row) < LEAST_QUERIES_PER_KV_HEAD,
    },
  ]);
}

function parts(
  rows: ContextAttentionRows,
  selected: readonly number[],
  gpu: GpuSpec,
): Record<'floor' | 'flop' | 'bytes', LinearPart> {
  const { batch, promptTokens, queryHeads, kvHeads, headDim } = rows.numbers;
  const column = (value: (row: number) => number): Float64Array => Float64Array.from(selected, value);
  const flop = (row: number): number =>
    FLOP_PER_TOKEN_SQUARED * batch[row]! * queryHeads[row]! * headDim[row]! * promptTokens[row]! ** 2;
  const bytes = (row: number): number =>
    2 * KV_BYTES * batch[row]! * promptTokens[row]! * (queryHeads[row]! + kvHeads[row]!) * headDim[row]!;
  return {
    floor: { name: 'floorUs', unit: 'µs', symbol: 'b0', start: 10, values: column(() => 1) },
    flop: {
      name: 'computeFactor',
      unit: 'ratio',
      symbol: 'b1·4·H·h·Σt²/2/F',
      start: 1.5,
      values: column((row) => flop(row) / gpu.bf16FlopPerUs),
    },
    bytes: {
      name: 'memoryFactor',
      unit: 'ratio',
      symbol: 'b2·T·(2H + 2Hkv)·h·2/BW',
      start: 1.5,
      values: column((row) => bytes(row) / gpu.hbmBytesPerUs),
    },
  };
}

/**
 * Floor, arithmetic and memory efficiency of one layer's causal prefill attention (query, key, value, output traffic and
 * the cache write included); whole head configurations are held out. Undefined when the sweep has no usable row.
 */
export function fitPrefillAttention(
  rows: ContextAttentionRows,
  gpu: GpuSpec,
  release: string,
): OperatorFit | undefined {
  const { rows: selected, dropped } = select(rows, release);
  if (selected.length === 0) return undefined;
  const { floor, flop, bytes } = parts(rows, selected, gpu);
  const { promptTokens } = rows.numbers;
  const base = {
    count: selected.length,
    us: (row: number) => rows.us[selected[row]!]!,
    weight: () => 1,
    group: (row: number) => headConfiguration(rows, selected[row]!),
  };
  const between = (low: number, high: number): OperatorTask['bands'][number] => ({
    name: `prompts of ${low}–${high} tokens`,
    has: (row) => promptTokens[selected[row]!]! >= low && promptTokens[selected[row]!]! <= high,
  });
  return fitOperator({
    operator: 'prefill attention',
    release,
    dropped,
    candidates: [
      linearCandidate('floor + flop', base, [floor, flop]),
      linearCandidate('floor + flop + bytes', base, [floor, flop, bytes]),
    ],
    bands: [between(16, 255), between(256, 1024), between(1025, 4096), between(4097, 16_384)],
  });
}
