import { mean } from 'simple-statistics';
import type { LatencyModel } from '../coefficients/latency-model.js';
import type { StageKey } from '../trace/metrics.js';
import { FINISHED } from '../trace/request-durations.js';
import type { RequestColumns } from '../trace/trace.js';
import { usToMs } from '../units.js';

/**
 * The stretches of a simulated request's life up to its first token, in order:
 * `frontEnd` both ways between client and engine; `residualStep` until the engine's loop looks into its inbox, which it does
 * between steps; `queueing` for a seat, KV blocks or step tokens; `pipelineStep` behind the batch that was already
 * dispatched (asynchronous scheduling) or the CPU time of the loop; `prefill` on the GPU from the first chunk to the first token.
 */
export const TTFT_PARTS = ['frontEnd', 'residualStep', 'queueing', 'pipelineStep', 'prefill'] as const;
export type TtftPart = (typeof TTFT_PARTS)[number];

/** Mean time of each part, in ms; the parts sum to the mean TTFT. */
export type TtftParts = Readonly<Record<TtftPart, number>>;

/** Where the mean TTFT of a stage's finished requests goes; undefined for traces that do not come from our engine. */
export function ttftParts(
  requests: RequestColumns,
  { frontBeforeUs, frontAfterUs }: Pick<LatencyModel, 'frontBeforeUs' | 'frontAfterUs'>,
  stage: StageKey,
): TtftParts | undefined {
  const { queuedAtUs, scheduledAtUs, startedAtUs, arrivedAtUs, firstTokenAtUs, status } = requests;
  if (queuedAtUs === undefined || scheduledAtUs === undefined || startedAtUs === undefined) return undefined;
  const sums = [0, 0, 0, 0];
  let n = 0;
  for (let row = 0; row < requests.count; row++) {
    if (status[row] !== FINISHED || (stage !== 'all' && requests.stage[row] !== stage)) continue;
    n++;
    sums[0]! += queuedAtUs[row]! - arrivedAtUs[row]! - frontBeforeUs;
    sums[1]! += scheduledAtUs[row]! - queuedAtUs[row]!;
    sums[2]! += startedAtUs[row]! - scheduledAtUs[row]!;
    sums[3]! += firstTokenAtUs[row]! - frontAfterUs - startedAtUs[row]!;
  }
  if (n === 0) return undefined;
  const [residualStep, queueing, pipelineStep, prefill] = sums.map((us) => usToMs(us / n));
  return {
    frontEnd: usToMs(frontBeforeUs + frontAfterUs),
    residualStep: residualStep!,
    queueing: queueing!,
    pipelineStep: pipelineStep!,
    prefill: prefill!,
  };
}

/** Part by part mean over replays; undefined unless every one of them has parts. */
export function meanTtftParts(replays: readonly (TtftParts | undefined)[]): TtftParts | undefined {
  const known = replays.flatMap((parts) => parts ?? []);
  if (known.length === 0 || known.length < replays.length) return undefined;
  const of = (part: TtftPart): number => mean(known.map((parts) => parts[part]));
  return {
    frontEnd: of('frontEnd'),
    residualStep: of('residualStep'),
    queueing: of('queueing'),
    pipelineStep: of('pipelineStep'),
    prefill: of('prefill'),
  };
}
