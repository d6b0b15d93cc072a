import { ROUNDING, stageRequests, type LoadStage } from '../../trace/load-stage.js';
import { sToUs } from '../../units.js';

/**
 * Send instants of one stage, in µs after its start: ⌊rate·duration⌋ gaps scaled so that the last request leaves exactly
 * at the end of the stage. Sources: kubernetes-sigs/inference-perf, loadgen/load_timer.py; vLLM,
 * vllm/benchmarks/serve.py `get_request`.
 * @param gap draws gaps of any one mean
 */
export function filledStageUs(stage: LoadStage, gap: () => number): Float64Array {
  const count = stageRequests(stage);
  const arrivals = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) arrivals[i] = sum += gap();
  const scale = sToUs(stage.durationS) / sum;
  for (let i = 0; i < count; i++) arrivals[i] = arrivals[i]! * scale;
  return arrivals;
}

/**
 * Send instants of one stage, in µs after its start: gaps are drawn until the stage is over.
 * @param gap draws gaps with mean 1
 */
export function drawnStageUs(stage: LoadStage, gap: () => number): Float64Array {
  const arrivals: number[] = [];
  // A gap is in units of the mean gap; sums of constant ones stay whole.
  const end = stage.ratePerS * stage.durationS + ROUNDING;
  for (let sum = gap(); sum <= end; sum += gap()) arrivals.push(sToUs(sum / stage.ratePerS));
  return Float64Array.from(arrivals);
}
