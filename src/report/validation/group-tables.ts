import { summariseErrors } from '../../stats/relative-error.js';
import type { MetricName } from '../../trace/metrics.js';
import { OURS, type GroupKind, type ValidationResult, type ValidationRow } from '../../validate/validation-result.js';
import { heading, left, right, table, type Block } from '../document.js';
import { count, metricTitle, MISSING, signedPct } from '../format.js';
import { medianAndMean } from './headline.js';

type TabledKind = Exclude<GroupKind, 'split' | 'saturation'>;

/** The three means that say most about a group. */
export const MEAN_METRICS = ['e2eMeanMs', 'itlMeanMs', 'ttftMeanMs'] as const satisfies readonly MetricName[];

const KIND_TITLES: Readonly<Record<TabledKind, string>> = {
  model: 'model',
  gpu: 'GPU',
  workload: 'workload',
};

/** `median / mean` of |error| and the bias, of any figures with a prediction. */
export function errorCells(rows: readonly Pick<ValidationRow, 'measuredMs' | 'predictedMs'>[]): string[] {
  if (rows.length === 0) return [MISSING, MISSING];
  const errors = summariseErrors(
    rows.map(({ measuredMs, predictedMs }) => ({ measured: measuredMs, predicted: predictedMs })),
  );
  return [medianAndMean(errors), signedPct(errors.mpePct)];
}

/** Heads of `errorCells`, for each of the means. */
export const errorColumns = MEAN_METRICS.flatMap((metric) => [right(metricTitle(metric)), right('bias')]);

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
  return table(
    [left(KIND_TITLES[by]), right('runs'), ...errorColumns],
    groups.map((group) => groupRow(result, by, group)),
  );
}

/** Our errors on whole runs by model, GPU and workload: median / mean of |error|, and the mean signed error (bias). */
export const groupTables = (result: ValidationResult): Block[] => [
  heading(2, 'By model, GPU and workload'),
  ...(['model', 'gpu', 'workload'] as const).flatMap((by) => groupTable(result, by)),
];
