import { TruelineError } from '../errors.js';
import { FINISHED, MIN_TOKENS_FOR_ITL } from '../trace/request-durations.js';
import type { Trace } from '../trace/trace.js';
import { addDecodeFeatures, addFirstTokenFeatures, hasDecodeSpan, type Timeline } from './timeline.js';

/** Sums over the finished requests of one load stage, of one or more simulations of it. */
export interface StageSums {
  /** Requests with a first token, and those with a time between tokens. */
  firstTokens: number;
  decodes: number;
  /** Requests that were admitted later than the engine's pipeline explains. */
  queued: number;
  /** Per-token features between first and last token, and features up to the first token. */
  readonly decodeFeatures: Float64Array;
  readonly firstTokenFeatures: Float64Array;
  /** The same spans as the simulator timed them, on the client's clock. */
  decodeUs: number;
  firstTokenUs: number;
  /** Output tokens per gap between tokens: a little over 1. */
  tokensPerGap: number;
}

/**
 * A request that reaches a busy engine joins, at the latest, the second step after the running one: the next one is
 * already scheduled (vLLM v0.15.1, asynchronous scheduling). Later means that it waited for a seat or for memory.
 */
const PIPELINE_STEPS = 2;

/**
 * Adds the requests of a simulated run to the sums of their stages.
 * @throws FIT_INVALID when the simulator does not say which step was running when a request arrived
 */
export function addStageSums(timeline: Timeline, trace: Trace, sums: Map<number, StageSums>): void {
  const { requests } = trace;
  const arrival = arrivalOf(timeline);
  for (let request = 0; request < requests.count; request++) {
    if (requests.status[request] !== FINISHED || !hasDecodeSpan(timeline, request)) continue;
    const stage = stageSums(sums, requests.stage[request]!, timeline.cumulative.width);
    addFirstTokenFeatures({ ...timeline, arrival }, request, 1, stage.firstTokenFeatures);
    stage.firstTokens++;
    stage.firstTokenUs += requests.firstTokenAtUs[request]! - requests.arrivedAtUs[request]!;
    const arrived = arrival.arrivedStep[request]!;
    if (arrived >= 0 && arrival.scheduledStep[request]! > arrived + PIPELINE_STEPS) stage.queued++;
    const gaps = requests.outputTokens[request]! - 1;
    if (gaps < MIN_TOKENS_FOR_ITL - 1) continue;
    addDecodeFeatures(timeline, request, 1 / gaps, stage.decodeFeatures);
    stage.decodes++;
    stage.tokensPerGap += (gaps + 1) / gaps;
    stage.decodeUs += (requests.finishedAtUs[request]! - requests.firstTokenAtUs[request]!) / gaps;
  }
}

function arrivalOf({ arrival }: Timeline): NonNullable<Timeline['arrival']> {
  if (arrival !== undefined) return arrival;
  throw new TruelineError('FIT_INVALID', 'the simulation does not say which step was running at arrivals', {
    hint: 'Have it fill `arrivedStep` and `scheduledStep`.',
  });
}

function stageSums(sums: Map<number, StageSums>, stage: number, width: number): StageSums {
  const known = sums.get(stage);
  if (known !== undefined) return known;
  const fresh: StageSums = {
    firstTokens: 0,
    decodes: 0,
    queued: 0,
    decodeFeatures: new Float64Array(width),
    firstTokenFeatures: new Float64Array(width),
    decodeUs: 0,
    firstTokenUs: 0,
    tokensPerGap: 0,
  };
  sums.set(stage, fresh);
  return fresh;
}
