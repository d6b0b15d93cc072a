import {
  hexId,
  integer,
  nanos,
  seconds,
  SPAN_FLAGS,
  double,
  text,
  type Attribute,
  type Span,
  type SpanEvent,
} from './otlp-json.js';
import { API_SPAN_KIND, isAborted, requestId } from './request-ids.js';
import { stepEndUs, type SimulatedRun } from '../simulated-run.js';

const SPAN_KIND = 3;

type Phase = 'WAITING' | 'PREFILL' | 'DECODE';

/** One event of a request's life in the engine. */
interface Journey {
  readonly type: 'QUEUED' | 'SCHEDULED' | 'FIRST_TOKEN' | 'FINISHED';
  readonly atUs: number;
  readonly stepId: number;
  readonly phase: Phase;
  readonly doneTokens: number;
  readonly preemptions: number;
  readonly extra: readonly Attribute[];
}

/** Id of the last step scheduled before an instant; 0 before any. */
function lastStepBefore({ steps }: SimulatedRun, atUs: number): number {
  let low = 0;
  let high = steps.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps.scheduledAtUs[middle]! < atUs) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : steps.id[low - 1]!;
}

/** The events a request has reached, in order. */
function journeys(run: SimulatedRun, row: number): Journey[] {
  const { requests, steps } = run;
  const [scheduled, first, last] = [
    requests.scheduledStep[row]!,
    requests.firstTokenStep[row]!,
    requests.finishedStep[row]!,
  ];
  const preemptions = requests.preemptions?.[row] ?? 0;
  const queuedAtUs = requests.queuedAtUs[row]!;
  const queued = { phase: 'WAITING', doneTokens: 0, preemptions: 0, extra: [] } as const;
  const begun = {
    phase: 'PREFILL',
    doneTokens: 0,
    preemptions: 0,
    extra: [text('schedule.kind', 'FIRST')],
  } as const;
  const decoding = { phase: 'DECODE', preemptions } as const;
  return [
    { type: 'QUEUED' as const, atUs: queuedAtUs, stepId: lastStepBefore(run, queuedAtUs), ...queued },
    {
      type: 'SCHEDULED' as const,
      atUs: requests.scheduledAtUs[row]!,
      stepId: steps.id[scheduled] ?? 0,
      ...begun,
    },
    {
      type: 'FIRST_TOKEN' as const,
      atUs: first < 0 ? NaN : stepEndUs(run.steps, first),
      stepId: steps.id[first] ?? 0,
      ...decoding,
      doneTokens: 1,
      extra: [],
    },
    isAborted(run, row)
      ? aborted(run, row, preemptions)
      : {
          type: 'FINISHED' as const,
          atUs: last < 0 ? NaN : stepEndUs(run.steps, last),
          stepId: steps.id[last] ?? 0,
          ...decoding,
          doneTokens: requests.outputTokens[row]!,
          extra: [text('finish.status', 'length')],
        },
  ].filter((journey) => !Number.isNaN(journey.atUs));
}

/** The end of a request whose client gave up, in the phase it had reached; vLLM's step is that of the last batch. */
function aborted(run: SimulatedRun, row: number, preemptions: number): Journey {
  const { finishedAtUs, scheduledAtUs, outputTokens } = run.requests;
  const atUs = finishedAtUs[row]!;
  const doneTokens = outputTokens[row]!;
  const waited = Number.isNaN(scheduledAtUs[row]!);
  return {
    type: 'FINISHED',
    atUs,
    stepId: lastStepBefore(run, atUs),
    phase: waited ? 'WAITING' : doneTokens === 0 ? 'PREFILL' : 'DECODE',
    doneTokens,
    preemptions,
    extra: [text('finish.status', 'aborted')],
  };
}

function journeyEvent(journey: Journey, promptTokens: number, maxTokens: number): SpanEvent {
  const at = nanos(journey.atUs);
  return {
    timeUnixNano: at,
    name: `journey.${journey.type}`,
    attributes: [
      text('event.type', journey.type),
      double('ts.monotonic', seconds(journey.atUs)),
      { key: 'ts.monotonic_ns', value: { intValue: at } },
      integer('scheduler.step', journey.stepId),
      text('phase', journey.phase),
      integer('prefill.done_tokens', journey.phase === 'DECODE' ? promptTokens : 0),
      integer('prefill.total_tokens', promptTokens),
      integer('decode.done_tokens', journey.doneTokens),
      integer('decode.max_tokens', maxTokens),
      integer('num_preemptions', journey.preemptions),
      ...journey.extra,
    ],
  };
}

/** A request's life in the engine, as vLLM's `llm_core` span. Single preemptions are not in a trace, their number is. */
export function journeySpan(run: SimulatedRun, row: number): Span {
  const { requests } = run;
  const events = journeys(run, row);
  const last = events.at(-1)?.atUs ?? 0;
  return {
    traceId: hexId(32, API_SPAN_KIND, row),
    spanId: hexId(16, SPAN_KIND, row),
    parentSpanId: hexId(16, API_SPAN_KIND, row),
    flags: SPAN_FLAGS,
    name: 'llm_core',
    kind: 1,
    startTimeUnixNano: nanos(requests.queuedAtUs[row]!),
    endTimeUnixNano: nanos(last),
    attributes: [text('gen_ai.request.id', `${requestId(requests, row)}-${hexId(16, 0, row).slice(-8)}`)],
    events: events.map((event) =>
      journeyEvent(event, requests.promptTokens[row]!, requests.outputTokens[row]!),
    ),
    status: {},
  };
}
