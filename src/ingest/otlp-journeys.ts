import type { RequestStatus } from '../trace/trace.js';
import { count, nsTextToUs, secondsToUs, word, type Attributes, type OtlpSpan } from './otlp-json.js';

/** When the scheduler did something to a request, and in which step. */
interface JourneyPoint {
  readonly atUs: number;
  readonly step: number;
}

/** What one `llm_core` span says about a request's life in the engine. */
export interface Journey {
  readonly id: string;
  readonly traceId: string;
  readonly parentSpanId: string;
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
}

/** What an `llm_request` span of the API server adds. */
export interface ApiCall {
  readonly key: string;
  readonly id: string;
  readonly arrivedAtUs: number | undefined;
  readonly departedAtUs: number | undefined;
  readonly aborted: boolean;
}

const FINISH_STATUS: Readonly<Record<string, RequestStatus>> = {
  stopped: 'finished',
  length: 'finished',
  aborted: 'aborted',
  ignored: 'failed',
  error: 'failed',
};

function pointOf(attributes: Attributes): JourneyPoint | undefined {
  const atUs = nsTextToUs(attributes, 'ts.monotonic_ns') ?? secondsToUs(attributes, 'ts.monotonic');
  const step = count(attributes, 'scheduler.step');
  return atUs === undefined || step === undefined ? undefined : { atUs, step };
}

/** The journey in an `llm_core` span; undefined when it holds no journey event that can be placed in time. */
export function journeyOf(span: OtlpSpan): Journey | undefined {
  const points = (suffix: string): JourneyPoint[] =>
    span.events.flatMap((event) =>
      event.name === `journey.${suffix}` ? (pointOf(event.attributes) ?? []) : [],
    );
  const journeyEvents = span.events.filter(({ name }) => name.startsWith('journey.'));
  const last = journeyEvents.at(-1)?.attributes;
  if (last === undefined || journeyEvents.every(({ attributes }) => pointOf(attributes) === undefined))
    return undefined;
  const [finished] = points('FINISHED');
  const finishStatus = journeyEvents.map(({ attributes }) => word(attributes, 'finish.status')).find(Boolean);
  return {
    id: word(span.attributes, 'gen_ai.request.id') ?? span.spanId,
    traceId: span.traceId,
    parentSpanId: span.parentSpanId,
    promptTokens: count(last, 'prefill.total_tokens') ?? -1,
    outputTokens: count(last, 'decode.done_tokens') ?? -1,
    queued: points('QUEUED')[0],
    scheduled: points('SCHEDULED'),
    preempted: points('PREEMPTED'),
    firstToken: points('FIRST_TOKEN')[0],
    finished,
    status: finished === undefined ? 'unfinished' : (FINISH_STATUS[finishStatus ?? ''] ?? 'failed'),
  };
}

/** Names a span, so that a child finds its parent. */
export const spanKey = (traceId: string, spanId: string): string => `${traceId}/${spanId}`;

/** The call in an `llm_request` span of the API server. */
export function apiCallOf(span: OtlpSpan): ApiCall {
  const at = (name: string): number | undefined =>
    span.events
      .filter((event) => event.name === name)
      .map(({ attributes }) => secondsToUs(attributes, 'event.ts.monotonic'))[0];
  return {
    key: spanKey(span.traceId, span.spanId),
    id: word(span.attributes, 'gen_ai.request.id') ?? '',
    arrivedAtUs: at('api.ARRIVED'),
    departedAtUs: at('api.DEPARTED'),
    aborted: span.events.some(({ name }) => name === 'api.ABORTED'),
  };
}
