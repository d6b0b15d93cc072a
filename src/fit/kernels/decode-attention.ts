import type { GpuSpec } from '../../trace/gpu-spec.js';
import type { GenerationAttentionRows } from '../../trace/kernel-sweep.js';
import {
  headConfiguration,
  kernelFilters,
  KV_BYTES,
  LEAST_QUERIES_PER_KV_HEAD,
  queriesPerKvHead,
} from './attention-rows.js';
import type { LogProblem } from './fit-log-model.js';
import { errorsOf } from './hold-out.js';
import type { Band, OperatorFit } from './kernel-fit-result.js';
import { isL2Resident, isStreamed } from './l2-residency.js';
import { linearCandidate, type LinearPart } from './linear-time.js';
import { fitOperator, type OperatorCandidate } from './operator-fit.js';
import { selectRows } from './select-rows.js';

const LEAST_CONTEXT = 256;
const MOST_CONTEXT = 4200;
const LEAST_BATCH = 4;
const MOST_BATCH = 256;

type Problem = Omit<LogProblem, 'model' | 'start' | 'least'>;

const kvBytes = ({ numbers }: GenerationAttentionRows, row: number): number => {
  const { batch, contextTokens, kvHeads, headDim } = numbers;
  return 2 * KV_BYTES * batch[row]! * contextTokens[row]! * kvHeads[row]! * headDim[row]!;
};

const outside = (value: number, low: number, high: number): boolean => value < low || value > high;

/** Rows of one release that time the memory, not the L2 cache, in the range that serving uses; any number of heads. */
function servingRows(rows: GenerationAttentionRows, gpu: GpuSpec, release: string) {
  const { batch, contextTokens } = rows.numbers;
  return selectRows(rows.count, [
    ...kernelFilters(rows, release),
    {
      reason: `context outside ${LEAST_CONTEXT}–${MOST_CONTEXT} tokens`,
      drop: (row) => outside(contextTokens[row]!, LEAST_CONTEXT, MOST_CONTEXT),
    },
    {
      reason: `batch outside ${LEAST_BATCH}–${MOST_BATCH}`,
      drop: (row) => outside(batch[row]!, LEAST_BATCH, MOST_BATCH),
    },
    { reason: 'KV cache stays in L2 between repeats', drop: (row) => isL2Resident(kvBytes(rows, row), gpu) },
  ]);
}

function problemOf(rows: GenerationAttentionRows, selected: readonly number[]): Problem {
  return {
    count: selected.length,
    us: (row) => rows.us[selected[row]!]!,
    weight: () => 1,
    group: (row) => headConfiguration(rows, selected[row]!),
  };
}

const part = (
  name: string,
  unit: string,
  symbol: string,
  start: number,
  values: Float64Array,
): LinearPart => ({
  name,
  unit,
  symbol,
  start,
  values,
});

/** The forms compared, simplest first, over the given rows. */
function candidates(
  rows: GenerationAttentionRows,
  selected: readonly number[],
  gpu: GpuSpec,
): readonly [OperatorCandidate, ...OperatorCandidate[]] {
  const { batch, contextTokens, kvHeads } = rows.numbers;
  const column = (value: (row: number) => number): Float64Array => Float64Array.from(selected, value);
  const floor = part(
    'floorUs',
    'µs',
    'a0',
    10,
    column(() => 1),
  );
  const memory = part(
    'memoryFactor',
    'ratio',
    'a1·S·κ/BW',
    1.2,
    column((row) => kvBytes(rows, row) / gpu.hbmBytesPerUs),
  );
  const context = part(
    'usPerThousandContextTokens',
    'µs',
    'a2·s̄/10³',
    0.5,
    column((row) => contextTokens[row]! / 1e3),
  );
  const requests = part(
    'usPerRequest',
    'µs',
    'a3·D',
    0.02,
    column((row) => batch[row]!),
  );
  const requestHeads = part(
    'usPerRequestKvHead',
    'µs',
    'a4·D·kv',
    0.005,
    column((row) => batch[row]! * kvHeads[row]!),
  );
  const base = problemOf(rows, selected);
  return [
    linearCandidate('floor + KV bytes', base, [floor, memory]),
    linearCandidate('floor + KV bytes + context', base, [floor, memory, context]),
    linearCandidate('floor + KV bytes + requests', base, [floor, memory, requests]),
    linearCandidate('floor + KV bytes + context + requests', base, [floor, memory, context, requests]),
    linearCandidate('floor + KV bytes + context + requests by KV head', base, [
      floor,
      memory,
      context,
      requests,
      requestHeads,
    ]),
  ];
}

/** How the fit does on head configurations outside it: fewer queries per KV head, down to multi-head attention. */
function fewQueriesBand(
  rows: GenerationAttentionRows,
  few: readonly number[],
  fit: OperatorFit,
  gpu: GpuSpec,
): Band[] {
  if (few.length === 0) return [];
  const same = candidates(rows, few, gpu).find(({ formula }) => formula === fit.formula)!;
  const predict = same.problem.model(fit.parameters.map(({ value }) => value));
  const name = `not fitted: under ${LEAST_QUERIES_PER_KV_HEAD} queries per KV head`;
  return [{ name, errors: errorsOf(same.problem, predict) }];
}

/**
 * Floor and memory efficiency of one layer's decode attention; whole head configurations are held out. Undefined when the
 * sweep has no usable row.
 */
export function fitDecodeAttention(
  rows: GenerationAttentionRows,
  gpu: GpuSpec,
  release: string,
): OperatorFit | undefined {
  const serving = servingRows(rows, gpu, release);
  const isGrouped = (row: number): boolean => queriesPerKvHead(rows, row) >= LEAST_QUERIES_PER_KV_HEAD;
  const selected = serving.rows.filter(isGrouped);
  if (selected.length === 0) return undefined;
  const few = serving.rows.filter((row) => !isGrouped(row));
  const reason = `under ${LEAST_QUERIES_PER_KV_HEAD} queries per KV head`;
  const streamed = (row: number): boolean => isStreamed(kvBytes(rows, selected[row]!), gpu);
  const fit = fitOperator({
    operator: 'decode attention',
    release,
    dropped: few.length === 0 ? serving.dropped : [...serving.dropped, { reason, count: few.length }],
    candidates: candidates(rows, selected, gpu),
    bands: [
      { name: 'KV streamed from memory', has: streamed },
      { name: 'floor', has: (row) => !streamed(row) },
    ],
  });
  return { ...fit, bands: [...fit.bands, ...fewQueriesBand(rows, few, fit, gpu)] };
}
