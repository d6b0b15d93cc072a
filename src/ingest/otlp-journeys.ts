import type { RequestStatus } from '../trace/trace.js';
import { AttributeReader } from './otlp-attributes.js';
import type { OtlpSpan } from './otlp-json.js';

/** When the scheduler did something to a request, and in which step. */
export interface JourneyPoint {
  readonly atUs: number;
  readonly step: number;
}

/** What one `llm_core` span says about a request's life in the engine. */
export interface JourneyEvents {
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly queued: JourneyPoint | undefined;
  /** First admission, then one per resumption after preemption. */
  readonly scheduled: readonly JourneyPoint[];
  readonly preempted: readonly JourneyPoint[];
  /** The step that produced the first token. */
  readonly firstToken: JourneyPoint | undefined;
  /** The step that produced the last token. */
  readonly finished: JourneyPoint | undefined;
  readonly status: RequestStatus;
  /**
   * Ended by a stop token or EOS: an asynchronous engine notices when the next batch is already on its way and computes
   * one more token for it (vLLM v0.15.1, v1/core/sched/async_scheduler.py); a request at its token limit is left out.
   */
  readonly stopped: boolean;
}

/** The same with whose life it was: vLLM's id of the request. */
export interface Journey extends JourneyEvents {
  readonly id: string;
}

const FINISH_STATUS: ReadonlyMap<string, RequestStatus> = new Map([
  ['stopped', 'finished'],
  ['length', 'finished'],
  ['aborted', 'aborted'],
  ['ignored', 'failed'],
  ['error', 'failed'],
]);

const SPAN = new AttributeReader(['gen_ai.request.id']);
const EVENT = new AttributeReader([
  'ts.monotonic',
  'ts.monotonic_ns',
  'scheduler.step',
  'prefill.total_tokens',
  'decode.done_tokens',
  'finish.status',
]);
const CALL = new AttributeReader(['event.ts.monotonic']);

/** A journey on its way from the events of its span. */
interface Draft {
  queued: JourneyPoint | undefined;
  firstToken: JourneyPoint | undefined;
  finished: JourneyPoint | undefined;
  readonly scheduled: JourneyPoint[];
  readonly preempted: JourneyPoint[];
  finishStatus: string | undefined;
}

/** The instant and step of the event that `EVENT` holds. */
function pointHere(): JourneyPoint | undefined {
  const atUs = EVENT.nanosecondsInUs('ts.monotonic_ns') ?? EVENT.secondsInUs('ts.monotonic');
  const step = EVENT.count('scheduler.step');
  return atUs === undefined || step === undefined ? undefined : { atUs, step };
}

function place(draft: Draft, name: string, point: JourneyPoint): void {
  if (name === 'journey.QUEUED') draft.queued ??= point;
  else if (name === 'journey.SCHEDULED') draft.scheduled.push(point);
  else if (name === 'journey.PREEMPTED') draft.preempted.push(point);
  else if (name === 'journey.FIRST_TOKEN') draft.firstToken ??= point;
  else if (name === 'journey.FINISHED') draft.finished ??= point;
}

/** The journey in an `llm_core` span; undefined when it holds no journey event that can be placed in time. */
export function journeyOf(span: OtlpSpan): Journey | undefined {
  const draft: Draft = {
    queued: undefined,
    firstToken: undefined,
    finished: undefined,
    scheduled: [],
    preempted: [],
    finishStatus: undefined,
  };
  let placed = 0;
  let [promptTokens, outputTokens] = [-1, -1];
  for (const { name, attributes } of span.events) {
    if (!name.startsWith('journey.')) continue;
    EVENT.read(attributes);
    promptTokens = EVENT.count('prefill.total_tokens') ?? -1;
    outputTokens = EVENT.count('decode.done_tokens') ?? -1;
    draft.finishStatus ??= EVENT.word('finish.status');
    const point = pointHere();
    if (point === undefined) continue;
    placed += 1;
    place(draft, name, point);
  }
  if (placed === 0) return undefined;
  const { queued, scheduled, preempted, firstToken, finished, finishStatus } = draft;
  return {
    id: SPAN.read(span.attributes).word('gen_ai.request.id') ?? span.spanId,
    promptTokens,
    outputTokens,
    queued,
    scheduled,
    preempted,
    firstToken,
    finished,
    status: finished === undefined ? 'unfinished' : (FINISH_STATUS.get(finishStatus ?? '') ?? 'failed'),
    stopped: finishStatus === 'stopped',
  };
}

/** When the call in an `llm_request` span reached the API server, µs on the engine host's clock. */
export function arrivalOf(span: OtlpSpan): number | undefined {
  const arrived = span.events.find(({ name }) => name === 'api.ARRIVED');
  return arrived === undefined ? undefined : CALL.read(arrived.attributes).secondsInUs('event.ts.monotonic');
}
