import type { RandomStream } from '../../random.js';
import type { LoadStage } from '../../trace/experiment.js';
import { sToUs } from '../../units.js';

/**
 * Send instants of one stage, in µs after its start: ⌊rate·duration⌋ exponential gaps scaled so that the last request
 * leaves exactly at the end of the stage. Source: kubernetes-sigs/inference-perf, loadgen/load_timer.py.
 */
export function stageArrivalsUs(stage: LoadStage, random: RandomStream): Float64Array {
  const count = stageRequests(stage);
  const gap = random.exponential(1);
  const arrivals = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) arrivals[i] = sum += gap();
  const scale = sToUs(stage.durationS) / sum;
  for (let i = 0; i < count; i++) arrivals[i] = arrivals[i]! * scale;
  return arrivals;
}

/** Requests a stage sends. */
export const stageRequests = (stage: LoadStage): number =>
  // A rate such as 0.1 times 600 may fall just short of the whole number it means.
  Math.floor(stage.ratePerS * stage.durationS + 1e-9);
