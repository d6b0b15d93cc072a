import type { Trace } from '../../trace/trace.js';
import { simulatedRun } from '../simulated-run.js';
import { requestEvents } from './request-events.js';
import { stepEvents } from './step-events.js';

/**
 * A simulated run as a timeline for ui.perfetto.dev or chrome://tracing: one JSON object in the Trace Event Format, an
 * event per line (no line breaks included). Lines are made as they are asked for; the events of a track are in order of
 * time.
 * @throws TRACE_INVALID when the trace is not a simulated one with its steps
 */
export function* renderPerfetto(trace: Trace): Generator<string> {
  const run = simulatedRun(trace);
  yield '{"displayTimeUnit":"ms","traceEvents":[';
  let separator = '';
  for (const events of [stepEvents(run), requestEvents(run)]) {
    for (const event of events) {
      yield `${separator}${JSON.stringify(event)}`;
      separator = ',';
    }
  }
  yield ']}';
}
