import type { ContextAttentionRows, GenerationAttentionRows } from '../../trace/kernel-sweep.js';
import type { RowFilter } from './select-rows.js';

type AttentionRows = ContextAttentionRows | GenerationAttentionRows;

/** 16-bit keys and values. */
export const KV_BYTES = 2;
const HEAD_DIM = 128;
/** Grouped queries take the packed kernel path that current models use; fewer per KV head take another. */
export const LEAST_QUERIES_PER_KV_HEAD = 4;

/** The filters that prefill and decode attention share: one release, 16-bit cache, full attention, 128 wide. */
export function kernelFilters(rows: AttentionRows, release: string): RowFilter[] {
  const { headDim, windowTokens } = rows.numbers;
  const { kvDtype } = rows.labels;
  return [
    { reason: 'other release', drop: (row) => rows.labels.release[row] !== release },
    {
      reason: 'KV cache not in 16 bit',
      drop: (row) => kvDtype[row] !== 'bfloat16' && kvDtype[row] !== 'float16',
    },
    { reason: 'sliding window', drop: (row) => windowTokens[row] !== 0 },
    { reason: `head dimension not ${HEAD_DIM}`, drop: (row) => headDim[row] !== HEAD_DIM },
  ];
}

export const queriesPerKvHead = ({ numbers }: AttentionRows, row: number): number =>
  numbers.queryHeads[row]! / numbers.kvHeads[row]!;

export const headConfiguration = ({ numbers }: AttentionRows, row: number): string =>
  `${numbers.queryHeads[row]!}/${numbers.kvHeads[row]!}`;
