import { lintTrace, type LintedRun } from '../../lint/index.js';
import { groupMetrics, type MetricName } from '../../trace/metrics.js';
import { FINISHED } from '../../trace/request-durations.js';
import type { StageAggregate, Trace, TraceMeta } from '../../trace/trace.js';

/** A run among others in one line: what it was, what it got, and what the rules say of it. */
export interface RunCard extends LintedRun {
  readonly meta: TraceMeta;
  readonly requests: number;
  readonly steps: number;
  /** Requested requests/s, stage by stage; empty where the source does not say. */
  readonly ratesPerS: readonly number[];
  /** Of the whole run. */
  readonly metrics: Readonly<Partial<Record<MetricName, number>>>;
}

const singleStages = ({ stages = [] }: Trace): readonly StageAggregate[] =>
  stages.filter(({ stage }) => stage !== 'all');

function requestsOf(trace: Trace): number {
  if (trace.requests.count > 0) return trace.requests.count;
  const single = singleStages(trace);
  return (single.length > 0 ? single : (trace.stages ?? [])).reduce((sum, { requests }) => sum + requests, 0);
}

/** From single requests where some finished with known times, else as reported of the whole run or its only stage. */
function metricsOf(trace: Trace): RunCard['metrics'] {
  const { requests, stages = [] } = trace;
  const isTimed = requests.status.some(
    (status, row) => status === FINISHED && !Number.isNaN(requests.finishedAtUs[row]!),
  );
  if (isTimed) return groupMetrics(trace).metrics;
  const whole = stages.find(({ stage }) => stage === 'all') ?? (stages.length === 1 ? stages[0] : undefined);
  return whole?.metrics ?? {};
}

/** Sums a run up, so that its rows can be forgotten. */
export const runCard = (run: string, trace: Trace): RunCard => ({
  run,
  result: lintTrace(trace),
  meta: trace.meta,
  requests: requestsOf(trace),
  steps: trace.steps?.count ?? 0,
  ratesPerS: singleStages(trace).flatMap(({ requestedRatePerS }) => requestedRatePerS ?? []),
  metrics: metricsOf(trace),
});
