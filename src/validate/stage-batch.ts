import { mean } from 'simple-statistics';
import type { StageKey } from '../trace/metrics.js';
import type { RequestColumns, StepColumns, Trace } from '../trace/trace.js';

/** What the steps of a stage were made of, in simulation. */
export interface StageBatch {
  /** Requests in a step, each step counted by its time on the GPU. */
  readonly meanRequests: number;
  /** Tokens in the KV cache that a decoding request attends to, mean over all decode tokens. */
  readonly meanContextTokens: number;
}

/** From the first arrival of a stage to its last token. */
function spanUs(
  { count, stage: stages, arrivedAtUs, finishedAtUs }: RequestColumns,
  stage: StageKey,
): [number, number] {
  let [fromUs, toUs] = [Infinity, -Infinity];
  for (let row = 0; row < count; row++) {
    if (stage !== 'all' && stages[row] !== stage) continue;
    if (arrivedAtUs[row]! < fromUs) fromUs = arrivedAtUs[row]!;
    if (finishedAtUs[row]! > toUs) toUs = finishedAtUs[row]!;
  }
  return [fromUs, toUs];
}

function batchWithin(steps: StepColumns, [fromUs, toUs]: readonly [number, number]): StageBatch | undefined {
  const { count, scheduledAtUs, periodUs, prefillRequests, decodeRequests, decodeContextTokens } = steps;
  let us = 0;
  let requestsUs = 0;
  let decodes = 0;
  let contextTokens = 0;
  for (let row = 0; row < count; row++) {
    if (scheduledAtUs[row]! < fromUs || scheduledAtUs[row]! > toUs) continue;
    us += periodUs[row]!;
    requestsUs += periodUs[row]! * (prefillRequests[row]! + decodeRequests[row]!);
    decodes += decodeRequests[row]!;
    contextTokens += decodeContextTokens[row]!;
  }
  return us > 0 && decodes > 0
    ? { meanRequests: requestsUs / us, meanContextTokens: contextTokens / decodes }
    : undefined;
}

/** Mean batch and context between a stage's first arrival and its last token; undefined without steps or decodes. */
export const stageBatch = ({ requests, steps }: Trace, stage: StageKey): StageBatch | undefined =>
  steps && batchWithin(steps, spanUs(requests, stage));

/** Mean over the replays that recorded their steps; undefined when none did. */
export function meanStageBatch(replays: readonly (StageBatch | undefined)[]): StageBatch | undefined {
  const known = replays.flatMap((batch) => batch ?? []);
  if (known.length === 0) return undefined;
  return {
    meanRequests: mean(known.map(({ meanRequests }) => meanRequests)),
    meanContextTokens: mean(known.map(({ meanContextTokens }) => meanContextTokens)),
  };
}
