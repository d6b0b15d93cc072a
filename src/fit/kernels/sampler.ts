import { median } from 'simple-statistics';
import { summariseErrors } from '../../stats/relative-error.js';
import type { SamplerRows } from '../../trace/kernel-sweep.js';
import type { SamplerFit } from './kernel-fit-result.js';
import { releaseFor, selectRows } from './select-rows.js';

/** The sampler term's H100 cost per logit, in ns: softmax and draw, and the full sort of top-p or top-k. */
const DRAW_NS = 0.015;
const SORT_NS = 0.125;
const NS_PER_US = 1e3;
/** Smaller samples show launches, which the basis prices per step. */
const LEAST_LOGITS = 4e6;

/** How much slower than an H100 this GPU samples; undefined when the sweep has no sampler rows of enough logits. */
export function fitSampler(rows: SamplerRows, wantedRelease: string): SamplerFit | undefined {
  const release = releaseFor(rows, wantedRelease);
  if (release === undefined) return undefined;
  const { batch, vocabSize } = rows.numbers;
  const logits = (row: number): number => batch[row]! * vocabSize[row]!;
  const { rows: selected } = selectRows(rows.count, [
    { reason: 'other release', drop: (row) => rows.labels.release[row] !== release },
    { reason: `under ${LEAST_LOGITS} logits`, drop: (row) => logits(row) < LEAST_LOGITS },
  ]);
  if (selected.length === 0) return undefined;
  const h100Us = (row: number): number =>
    (logits(row) * (DRAW_NS + (rows.labels.method[row] === 'top_p' ? SORT_NS : 0))) / NS_PER_US;
  const scale = median(selected.map((row) => rows.us[row]! / h100Us(row)));
  const pairs = selected.map((row) => ({ measured: rows.us[row]!, predicted: scale * h100Us(row) }));
  return { release, scale, rowsUsed: selected.length, fitted: summariseErrors(pairs) };
}
