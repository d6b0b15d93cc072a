import { TruelineError } from '../errors.js';
import { groupMetrics, traceStages, type GroupMetrics, type StageKey } from '../trace/metrics.js';
import { requestDurations } from '../trace/request-durations.js';
import type { Diagnostic, StageAggregate, Trace, TraceMeta } from '../trace/trace.js';

/** What machines are told about a trace: everything but its rows. */
export interface TraceSummary {
  readonly meta: TraceMeta;
  readonly requests: number;
  readonly steps: number;
  /** The whole trace first, then its stages; groups in which no request finished are left out. */
  readonly groups: readonly GroupMetrics[];
  /** What the source itself aggregated. */
  readonly reportedStages: readonly StageAggregate[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Counts, metrics and provenance of a trace, as plain data. */
export function traceSummary(trace: Trace): TraceSummary {
  const durations = requestDurations(trace.requests);
  const metricsOf = (stage: StageKey): GroupMetrics[] => {
    try {
      return [groupMetrics(trace, stage, durations)];
    } catch (error) {
      if (error instanceof TruelineError && error.code === 'SAMPLE_EMPTY') return [];
      throw error;
    }
  };
  return {
    meta: trace.meta,
    requests: trace.requests.count,
    steps: trace.steps?.count ?? 0,
    groups: (['all', ...traceStages(trace.requests)] as const).flatMap(metricsOf),
    reportedStages: trace.stages ?? [],
    diagnostics: trace.diagnostics,
  };
}
