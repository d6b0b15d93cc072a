import type { MetricName } from '../../trace/metrics.js';
import { OURS, type GroupKind, type ValidationResult } from '../../validate/validation-result.js';
import { heading, left, right, table, type Block } from '../document.js';
import { count, metricTitle, signedPct } from '../format.js';
import { medianAndMean } from './headline.js';

type TabledKind = Exclude<GroupKind, 'split' | 'saturation'>;

/** The three means that say most about a group. */
export const MEAN_METRICS = ['e2eMeanMs', 'itlMeanMs', 'ttftMeanMs'] as const satisfies readonly MetricName[];

const KIND_TITLES: Readonly<Record<TabledKind, string>> = {
  model: 'model',
  gpu: 'GPU',
  workload: 'workload',
};

function groupRow(result: ValidationResult, by: TabledKind, group: string): string[] {
  const errors = MEAN_METRICS.map((metric) =>
    result.errors.find(
      (entry) =>
        entry.scope === 'runs' &&
        entry.by === by &&
        entry.group === group &&
        entry.metric === metric &&
        entry.simulator === OURS,
    ),
  );
  return [
    group,
    count(errors[0]?.n),
    ...errors.flatMap((entry) => [medianAndMean(entry), signedPct(entry?.mpePct)]),
  ];
}

function groupTable(result: ValidationResult, by: TabledKind): Block[] {
  const groups = [...new Set(result.errors.filter((entry) => entry.by === by).map((entry) => entry.group))];
  const columns = MEAN_METRICS.flatMap((metric) => [right(metricTitle(metric)), right('bias')]);
  return table(
    [left(KIND_TITLES[by]), right('runs'), ...columns],
    groups.map((group) => groupRow(result, by, group)),
  );
}

/** Our errors on whole runs by model, GPU and workload: median / mean of |error|, and the mean signed error (bias). */
export const groupTables = (result: ValidationResult): Block[] => [
  heading(2, 'By model, GPU and workload'),
  ...(['model', 'gpu', 'workload'] as const).flatMap((by) => groupTable(result, by)),
];
