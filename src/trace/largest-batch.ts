import type { StepColumns } from './trace.js';

/** What is compared: the sizes that step-time terms grow with. */
export const LARGEST_BATCH_FIELDS = [
  'prefillTokens',
  'decodeRequests',
  'decodeContextTokens',
  'prefillContextTokens',
] as const;

/** What is read of the steps of a run. */
export type StepSizes = Pick<StepColumns, 'count' | (typeof LARGEST_BATCH_FIELDS)[number]>;

/** The largest value of each batch size in any step of some runs. */
export type LargestBatch = Readonly<Record<(typeof LARGEST_BATCH_FIELDS)[number], number>>;

/** The largest of each size over all steps given; all 0 without steps. */
export function largestBatch(runs: readonly StepSizes[]): LargestBatch {
  const largest = { prefillTokens: 0, decodeRequests: 0, decodeContextTokens: 0, prefillContextTokens: 0 };
  for (const steps of runs) {
    for (const field of LARGEST_BATCH_FIELDS) {
      const column = steps[field];
      for (let step = 0; step < steps.count; step++) largest[field] = Math.max(largest[field], column[step]!);
    }
  }
  return largest;
}

/** The largest of each size over all batches given. */
export const largestOf = (batches: readonly LargestBatch[]): LargestBatch => ({
  prefillTokens: Math.max(0, ...batches.map((batch) => batch.prefillTokens)),
  decodeRequests: Math.max(0, ...batches.map((batch) => batch.decodeRequests)),
  decodeContextTokens: Math.max(0, ...batches.map((batch) => batch.decodeContextTokens)),
  prefillContextTokens: Math.max(0, ...batches.map((batch) => batch.prefillContextTokens)),
});
