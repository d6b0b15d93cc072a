import { TruelineError } from '../errors.js';
import type { RequestColumns, StepColumns, Trace, TraceMeta } from '../trace/trace.js';

type Instants = 'queuedAtUs' | 'scheduledAtUs';
type StepRows = 'scheduledStep' | 'firstTokenStep' | 'finishedStep';

/** Requests with the columns only a simulation knows. */
type SimulatedRequests = RequestColumns & Required<Pick<RequestColumns, Instants | StepRows>>;

/** A trace that has what tracing inside the engine would have seen. */
export interface SimulatedRun {
  readonly meta: TraceMeta;
  readonly requests: SimulatedRequests;
  readonly steps: StepColumns & { readonly startedAtUs: Float64Array };
}

const hasRequestColumns = (requests: RequestColumns): requests is SimulatedRequests =>
  requests.queuedAtUs !== undefined &&
  requests.scheduledAtUs !== undefined &&
  requests.scheduledStep !== undefined &&
  requests.firstTokenStep !== undefined &&
  requests.finishedStep !== undefined;

const hasStarts = (steps: StepColumns | undefined): steps is SimulatedRun['steps'] =>
  steps?.startedAtUs !== undefined;

/** @throws TRACE_INVALID when the trace was not simulated with its steps recorded */
export function simulatedRun({ meta, requests, steps }: Trace): SimulatedRun {
  if (hasRequestColumns(requests) && hasStarts(steps)) return { meta, requests, steps };
  throw new TruelineError('TRACE_INVALID', 'only a simulated trace with its steps has what tracing writes', {
    hint: 'Simulate with steps recorded.',
  });
}

/** When the tokens of a step were on the host, in µs. */
export const stepEndUs = (steps: SimulatedRun['steps'], row: number): number =>
  steps.startedAtUs[row]! + steps.periodUs[row]!;
