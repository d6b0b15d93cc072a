import { stepTokens, type RecordedStep } from './otlp-steps.js';

/** Time on the GPU of each step, NaN where the steps around it were not recorded. */
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
 */
export function stepPeriods(steps: readonly RecordedStep[], asynchronous: boolean): StepPeriods {
  const periodUs = new Float64Array(steps.length).fill(Number.NaN);
  const after = (row: number, ahead: number): RecordedStep | undefined => {
    const step = steps[row + ahead];
    return step !== undefined && step.id - (steps[row]?.id ?? 0) === ahead && stepTokens(step) > 0
      ? step
      : undefined;
  };
  let fromPreceding = 0;
  steps.forEach((step, row) => {
    const next = after(row, 1);
    if (stepTokens(step) === 0 || next === undefined) return;
    if (!asynchronous) {
      periodUs[row] = next.scheduledAtUs - step.scheduledAtUs;
      return;
    }
    const second = after(row, 2);
    const isFirstOfRun = steps[row - 1]?.id !== step.id - 1;
    if (second !== undefined) {
      periodUs[row] = second.scheduledAtUs - next.scheduledAtUs;
    } else if (isFirstOfRun && step.prefillRequests === 0 && next.finishedBefore === 0) {
      periodUs[row] = next.scheduledAtUs - step.scheduledAtUs;
      fromPreceding += 1;
    }
  });
  return { periodUs, fromPreceding };
}
