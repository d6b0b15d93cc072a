import {
  groupMetrics,
  METRIC_NAMES,
  traceStages,
  type GroupMetrics,
  type StageKey,
} from '../../trace/metrics.js';
import { requestDurations } from '../../trace/request-durations.js';
import { REQUEST_STATUSES, type StageAggregate, type Trace } from '../../trace/trace.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { count, metricTitle, ms, significant, stageTitle } from '../format.js';

function groupsOf(trace: Trace): GroupMetrics[] {
  const { requests } = trace;
  const durations = requestDurations(requests);
  const finishedIn = (stage: StageKey): boolean =>
    requests.status.some(
      (status, i) =>
        REQUEST_STATUSES[status] === 'finished' && (stage === 'all' || requests.stage[i] === stage),
    );
  const stages = traceStages(requests);
  const keys: StageKey[] = stages.length > 1 ? ['all', ...stages] : ['all'];
  return keys.filter(finishedIn).map((stage) => groupMetrics(trace, stage, durations));
}

function countsRow(group: GroupMetrics): string[] {
  const { counts } = group;
  return [
    stageTitle(group.stage),
    count(counts.requests),
    count(counts.finished),
    count(counts.failed),
    count(counts.aborted),
    count(counts.unfinished),
    `${counts.excluded.ttft} / ${counts.excluded.itl} / ${counts.excluded.e2e}`,
    significant(group.requestsPerS),
    significant(group.generatedTokensPerS),
  ];
}

function groupTables(groups: readonly GroupMetrics[]): Block[] {
  const counts = [
    left('group'),
    ...[
      'requests',
      'finished',
      'failed',
      'aborted',
      'unfinished',
      'without TTFT / ITL / E2E',
      'requests/s',
      'tokens/s',
    ].map(right),
  ];
  return [
    ...table(counts, groups.map(countsRow)),
    ...table(
      [left('ms'), ...METRIC_NAMES.map((metric) => right(metricTitle(metric)))],
      groups.map((group) => [
        stageTitle(group.stage),
        ...METRIC_NAMES.map((metric) => ms(group.metrics[metric])),
      ]),
    ),
  ];
}

/** Our metrics by their titles; whatever else a source reports by its own name. */
function aggregateTitle(name: string): string {
  const metric = METRIC_NAMES.find((candidate) => candidate === name);
  return metric === undefined ? name : `${metricTitle(metric)} ms`;
}

function aggregateTable(stages: readonly StageAggregate[]): Block[] {
  const names = [...new Set(stages.flatMap((stage) => Object.keys(stage.metrics)))];
  return table(
    [
      left('as the source reports it'),
      right('requests'),
      right('failed'),
      right('requested/s'),
      ...names.map((name) => right(aggregateTitle(name))),
    ],
    stages.map((stage) => [
      stageTitle(stage.stage),
      count(stage.requests),
      count(stage.failed),
      significant(stage.requestedRatePerS),
      ...names.map((name) => significant(stage.metrics[name])),
    ]),
  );
}

/** Requests by outcome, their metrics per stage, and what the source itself aggregated. */
export function requestSection(trace: Trace): Block[] {
  const groups = groupsOf(trace);
  const aggregates = trace.stages ?? [];
  const nothing =
    trace.requests.count === 0
      ? 'The trace holds no single requests.'
      : `None of ${trace.requests.count} requests finished: there is nothing to compute a metric from.`;
  return [
    heading(2, 'Requests'),
    ...(groups.length === 0 ? [paragraph(nothing, 'bad')] : groupTables(groups)),
    ...aggregateTable(aggregates),
  ];
}
