import type { Trace } from '../../trace/trace.js';
import { apiSpan } from './api-span.js';
import { journeySpan } from './journey-span.js';
import { exportLine } from './otlp-json.js';
import { simulatedRun } from '../simulated-run.js';
import { stepLines } from './step-spans.js';

/** Requests per export batch. */
const REQUESTS_PER_LINE = 64;

/**
 * A simulated run as vLLM's own tracing would have written it: OTLP JSON, one export batch per line (no line breaks
 * included), steps first, then engine journeys and API spans. Scope, span, event and attribute names and their meanings
 * are those of vLLM v0.15.1 with journey and step tracing, the first decode traced as prefill included. Ids are numbers,
 * wall clock and monotonic clock are the simulated clock. Lines are made as they are asked for.
 * @throws TRACE_INVALID when the trace is not a simulated one with its steps
 */
export function* renderOtlp(trace: Trace): Generator<string> {
  const run = simulatedRun(trace);
  yield* stepLines(run);
  for (let start = 0; start < run.requests.count; start += REQUESTS_PER_LINE) {
    const length = Math.min(REQUESTS_PER_LINE, run.requests.count - start);
    const rows = Array.from({ length }, (_, i) => start + i);
    yield exportLine(
      'vllm.scheduler',
      rows.map((row) => journeySpan(run, row)),
    );
    yield exportLine(
      'vllm.api',
      rows.map((row) => apiSpan(run, row)),
    );
  }
}
