import { stepTokens, type RecordedSteps } from './otlp-steps.js';

/** Time on the GPU of each step asked for, NaN where it or the steps around it were not recorded. */
export interface StepPeriods {
  readonly periodUs: Float64Array;
  /** Periods that are those of the step before, an identical batch of decodes (see `stepPeriods`). */
  readonly fromPreceding: number;
}

/**
 * GPU time of steps from the times `schedule()` was entered (never from `step.duration_us`, which is the scheduler's CPU
 * time). Synchronous engines enter `schedule()` when the step before is done: D(s) = ts(s+1) − ts(s). Asynchronous ones run
 * two batches deep and enter it for s+2 when s is done: D(s) = ts(s+2) − ts(s+1); vllm-project/vllm v0.15.1,
 * v1/engine/core.py `step_with_batch_queue`. Steps next to an empty one are left out: an empty batch ends at once.
 *
 * Sampled asynchronous traces hold few triples. Where s and s+1 are recorded but s−1 is not, the difference is D(s−1); if s
 * only decodes and nobody finished in s−1 (s+1 says so), batch s−1 held the same requests, one token shorter, and D(s−1)
 * stands for D(s).
 * @param rows of the recorded steps, −1 for a step that was not recorded
 */
export function stepPeriods(steps: RecordedSteps, rows: Int32Array, asynchronous: boolean): StepPeriods {
  const { id, scheduledAtUs } = steps;
  const periodUs = new Float64Array(rows.length).fill(Number.NaN);
  const isBusy = (row: number, expectedId: number): boolean =>
    id.at(row) === expectedId && stepTokens(steps, row) > 0;
  const between = (from: number, to: number): number => scheduledAtUs.at(to) - scheduledAtUs.at(from);
  let fromPreceding = 0;
  for (const [at, row] of rows.entries()) {
    if (row === -1 || stepTokens(steps, row) === 0 || !isBusy(row + 1, id.at(row) + 1)) continue;
    if (!asynchronous) {
      periodUs[at] = between(row, row + 1);
      continue;
    }
    const isFirstOfRun = row === 0 || id.at(row - 1) !== id.at(row) - 1;
    const onlyDecodes = steps.prefillRequests.at(row) === 0;
    if (isBusy(row + 2, id.at(row) + 2)) {
      periodUs[at] = between(row + 1, row + 2);
    } else if (isFirstOfRun && onlyDecodes && steps.finishedBefore.at(row + 1) === 0) {
      periodUs[at] = between(row, row + 1);
      fromPreceding += 1;
    }
  }
  return { periodUs, fromPreceding };
}
