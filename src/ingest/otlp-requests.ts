import type { RequestColumns } from '../trace/trace.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { JourneySegments } from './journey-segments.js';
import { spanKey, type ApiCall, type Journey } from './otlp-journeys.js';
import type { RecordedStep } from './otlp-steps.js';
import { cachedTokensOf } from './prefill-chunks.js';
import { requestTable, type RequestRow } from './request-table.js';

/** Finds a step's row; undefined where the step has none. */
export type RowOf = (step: number | undefined) => number | undefined;

/**
 * Rows by step id, when every step was recorded. With sampled steps nothing is found: references that exist only by chance
 * would mislead.
 * @param recorded all steps, empty ones included; `steps` are those with a row
 */
export function stepRows(recorded: readonly RecordedStep[], steps: readonly RecordedStep[]): RowOf {
  const isComplete =
    recorded.length > 0 && (recorded.at(-1)?.id ?? 0) - (recorded[0]?.id ?? 0) + 1 === recorded.length;
  const rows = new Map(isComplete ? steps.map(({ id }, row) => [id, row]) : []);
  return (step) => (step === undefined ? undefined : rows.get(step));
}

/**
 * Step that was on the GPU when a request reached the engine. QUEUED carries the last step scheduled by then; two-deep
 * engines are one step further with scheduling than with computing. An engine without requests was idle.
 */
function arrivedStep(
  journey: Journey,
  busyUntilUs: number,
  asynchronous: boolean,
  rowOf: RowOf,
): number | undefined {
  const { queued } = journey;
  if (queued === undefined || queued.atUs > busyUntilUs) return undefined;
  return rowOf(queued.step - (asynchronous ? 1 : 0));
}

function rowOfJourney(
  journey: Journey,
  segments: JourneySegments,
  call: ApiCall | undefined,
  log: DiagnosticLog,
): RequestRow | undefined {
  const arrivedAtUs = call?.arrivedAtUs ?? journey.queued?.atUs;
  if (arrivedAtUs === undefined) {
    log.add('dropped', 'request-without-arrival', 'requests whose arrival was not recorded');
    return undefined;
  }
  if (call?.arrivedAtUs === undefined) {
    log.add(
      'doubt',
      'request-arrival-queued',
      'requests whose arrival at the server is unknown; queueing is used',
    );
  }
  const [prefill] = segments.segments;
  return {
    id: journey.id,
    arrivedAtUs,
    queuedAtUs: journey.queued?.atUs,
    scheduledAtUs: journey.scheduled[0]?.atUs,
    firstTokenAtUs: journey.firstToken?.atUs,
    finishedAtUs: journey.finished?.atUs,
    promptTokens: journey.promptTokens,
    outputTokens: journey.outputTokens,
    cachedTokens: prefill === undefined ? undefined : cachedTokensOf(prefill),
    status: journey.status,
    preemptions: journey.preempted.length,
  };
}

/** Times that contradict each other: a request cannot get its first token before it arrived. */
function isOrdered(row: RequestRow): boolean {
  const instants = [row.arrivedAtUs, row.queuedAtUs, row.scheduledAtUs, row.firstTokenAtUs, row.finishedAtUs];
  const known = instants.filter((at) => at !== undefined);
  return known.every((at, i) => i === 0 || at >= (known[i - 1] ?? at));
}

/** What a run's journeys and API calls say, for the request table. */
export interface JourneyRecords {
  readonly journeys: readonly Journey[];
  readonly segments: readonly JourneySegments[];
  readonly calls: ReadonlyMap<string, ApiCall>;
}

/**
 * Requests of a run, on the engine host's clock: arrival at the API server (after tokenising) to the last token in the
 * engine. Front-end time after the engine is not included.
 * @param originUs instant that becomes 0
 */
export function otlpRequests(
  { journeys, segments, calls }: JourneyRecords,
  rowOf: RowOf,
  asynchronous: boolean,
  originUs: number,
  log: DiagnosticLog,
): RequestColumns {
  const joined = new Set(journeys.map(({ traceId, parentSpanId }) => spanKey(traceId, parentSpanId)));
  const alone = [...calls.values()].filter(({ key }) => !joined.has(key)).length;
  log.add(
    'dropped',
    'request-without-journey',
    'API calls that never reached the engine or were not traced there',
    alone,
  );
  const byQueue = journeys
    .map((journey, i) => ({ journey, segments: segments[i] ?? { segments: [], regular: false } }))
    .toSorted((a, b) => (a.journey.queued?.atUs ?? 0) - (b.journey.queued?.atUs ?? 0));
  let busyUntilUs = -Infinity;
  const rows = byQueue.flatMap((entry): RequestRow[] => {
    const { journey } = entry;
    const call = calls.get(spanKey(journey.traceId, journey.parentSpanId));
    const row = rowOfJourney(journey, entry.segments, call, log);
    const onGpu = arrivedStep(journey, busyUntilUs, asynchronous, rowOf);
    busyUntilUs = Math.max(busyUntilUs, journey.finished?.atUs ?? Infinity);
    if (row === undefined) return [];
    if (!isOrdered(row)) {
      log.add('dropped', 'request-impossible-time', 'requests whose events are not in order of time');
      return [];
    }
    const scheduledStep = rowOf(journey.scheduled[0]?.step);
    const [firstTokenStep, finishedStep] = [rowOf(journey.firstToken?.step), rowOf(journey.finished?.step)];
    return [{ ...row, arrivedStep: onGpu, scheduledStep, firstTokenStep, finishedStep }];
  });
  return requestTable(rows, originUs);
}
