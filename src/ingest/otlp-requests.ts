import type { RequestColumns } from '../trace/trace.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { JourneyTable } from './journey-table.js';
import { rowOfId } from './number-column.js';
import type { JourneyEvents } from './otlp-journeys.js';
import type { StepTable } from './otlp-step-table.js';
import { RequestTableBuilder, type RequestRow } from './request-table.js';

/** Finds a step's row; undefined where the step has none. */
type RowOf = (step: number | undefined) => number | undefined;

/**
 * Rows by step id, when every busy step of the run has one. With sampled steps nothing is found: references that exist only
 * by chance would mislead.
 */
function rowFinder({ columns, isComplete }: StepTable): RowOf {
  const ids = columns?.id ?? new Int32Array(0);
  return (step) => (step === undefined || !isComplete ? undefined : rowOfId(ids, step));
}

/**
 * Step that was on the GPU when a request reached the engine. QUEUED carries the last step scheduled by then; two-deep
 * engines are one step further with scheduling than with computing. An engine without requests was idle.
 */
function arrivedStep(
  journey: JourneyEvents,
  busyUntilUs: number,
  asynchronous: boolean,
  rowOf: RowOf,
): number | undefined {
  const { queued } = journey;
  if (queued === undefined || queued.atUs > busyUntilUs) return undefined;
  return rowOf(queued.step - (asynchronous ? 1 : 0));
}

/** Journeys say −1 for a count they do not have. */
const known = (count: number): number | undefined => (count < 0 ? undefined : count);

/** Arrival at the API server, else queueing in the engine; undefined, and counted, when neither was recorded. */
function arrivalOfJourney(
  { queued }: JourneyEvents,
  apiArrivedAtUs: number | undefined,
  log: DiagnosticLog,
): number | undefined {
  if (apiArrivedAtUs !== undefined) return apiArrivedAtUs;
  if (queued === undefined) {
    log.add('dropped', 'request-without-arrival', 'requests whose arrival was not recorded');
    return undefined;
  }
  log.add(
    'doubt',
    'request-arrival-queued',
    'requests whose arrival at the server is unknown; queueing is used',
  );
  return queued.atUs;
}

/** One literal: V8 keeps what an object spread copies until its next full collection, hundreds of bytes a request. */
const rowOfJourney = (
  id: string,
  journey: JourneyEvents,
  arrivedAtUs: number,
  cachedTokens: number | undefined,
  onGpu: number | undefined,
  rowOf: RowOf,
): RequestRow => ({
  id,
  arrivedAtUs,
  queuedAtUs: journey.queued?.atUs,
  scheduledAtUs: journey.scheduled[0]?.atUs,
  firstTokenAtUs: journey.firstToken?.atUs,
  finishedAtUs: journey.finished?.atUs,
  promptTokens: known(journey.promptTokens),
  outputTokens: known(journey.outputTokens),
  cachedTokens,
  status: journey.status,
  preemptions: journey.preempted.length,
  arrivedStep: onGpu,
  scheduledStep: rowOf(journey.scheduled[0]?.step),
  firstTokenStep: rowOf(journey.firstToken?.step),
  finishedStep: rowOf(journey.finished?.step),
});

/**
 * Requests of a run, on the engine host's clock: arrival at the API server (after tokenising) to the last token in the
 * engine. Front-end time after the engine is not included.
 * @param originUs instant that becomes 0
 */
export function otlpRequests(
  journeys: JourneyTable,
  steps: StepTable,
  asynchronous: boolean,
  originUs: number,
  log: DiagnosticLog,
): RequestColumns {
  log.add(
    'dropped',
    'request-without-journey',
    'API calls that never reached the engine or were not traced there',
    journeys.loneCalls,
  );
  const rowOf = rowFinder(steps);
  const table = new RequestTableBuilder(log);
  let busyUntilUs = -Infinity;
  for (const i of journeys.byQueueing()) {
    const journey = journeys.at(i);
    const arrivedAtUs = arrivalOfJourney(journey, journeys.arrivedAtUs(i), log);
    const onGpu = arrivedStep(journey, busyUntilUs, asynchronous, rowOf);
    busyUntilUs = Math.max(busyUntilUs, journey.finished?.atUs ?? Infinity);
    if (arrivedAtUs !== undefined)
      table.add(rowOfJourney(journeys.id(i), journey, arrivedAtUs, steps.cachedTokens(i), onGpu, rowOf));
  }
  return table.finish(originUs);
}
