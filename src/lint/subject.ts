import { traceStages } from '../trace/metrics.js';
import { requestDurations } from '../trace/request-durations.js';
import type { RequestColumns, Trace } from '../trace/trace.js';
import type { LintSubject, StageRows } from './finding.js';

function rowsByStage(requests: RequestColumns): StageRows[] {
  return traceStages(requests).map((stage) => {
    const rows = new Int32Array(requests.count);
    let n = 0;
    for (let row = 0; row < requests.count; row++) if (requests.stage[row] === stage) rows[n++] = row;
    return { stage, rows: rows.subarray(0, n) };
  });
}

/** Prepares a trace for the rules. */
export const lintSubject = (trace: Trace): LintSubject => ({
  trace,
  requests: trace.requests,
  durations: requestDurations(trace.requests),
  stages: rowsByStage(trace.requests),
});
