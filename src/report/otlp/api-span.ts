import {
  double,
  hexId,
  integer,
  nanos,
  seconds,
  SPAN_FLAGS,
  text,
  type Span,
  type SpanEvent,
} from './otlp-json.js';
import { API_SPAN_KIND, isAborted, requestId } from './request-ids.js';
import type { SimulatedRun } from '../simulated-run.js';

const event = (name: string, atUs: number): SpanEvent[] =>
  Number.isNaN(atUs)
    ? []
    : [{ timeUnixNano: nanos(atUs), name, attributes: [double('event.ts.monotonic', seconds(atUs))] }];

/**
 * A request at the API server, as vLLM's `llm_request` span of a chat completion. A simulation knows the two delays of
 * the front end, not what lies inside them: the server's instants are written as the client's.
 */
export function apiSpan(run: SimulatedRun, row: number): Span {
  const { meta, requests } = run;
  const arrivedAtUs = requests.arrivedAtUs[row]!;
  const finishedAtUs = requests.finishedAtUs[row]!;
  return {
    traceId: hexId(32, API_SPAN_KIND, row),
    spanId: hexId(16, API_SPAN_KIND, row),
    parentSpanId: '',
    flags: SPAN_FLAGS,
    name: 'llm_request',
    kind: 2,
    startTimeUnixNano: nanos(arrivedAtUs),
    endTimeUnixNano: nanos(Number.isNaN(finishedAtUs) ? arrivedAtUs : finishedAtUs),
    attributes: [
      text('gen_ai.request.id', requestId(requests, row)),
      text('http.route', '/v1/chat/completions'),
      ...(meta.model === undefined ? [] : [text('gen_ai.response.model', meta.model)]),
      integer('gen_ai.usage.prompt_tokens', requests.promptTokens[row]!),
      integer('gen_ai.request.max_tokens', requests.outputTokens[row]!),
      integer('gen_ai.usage.completion_tokens', requests.outputTokens[row]!),
    ],
    events: [
      ...event('api.ARRIVED', arrivedAtUs),
      ...event('api.HANDOFF_TO_CORE', arrivedAtUs),
      ...event('api.FIRST_RESPONSE_FROM_CORE', requests.firstTokenAtUs[row]!),
      ...event(isAborted(run, row) ? 'api.ABORTED' : 'api.DEPARTED', finishedAtUs),
    ],
    status: {},
  };
}
