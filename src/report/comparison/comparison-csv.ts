import type { Comparison } from '../../validate/head-to-head.js';
import { renderCsv } from '../render-csv.js';

/** Every shared figure as one line of CSV, with the signed error of each contender in a column of its own; formulas guarded. */
export function renderComparisonCsv({ baseline, challengers, figures }: Comparison): string {
  const contenders = [baseline, ...challengers];
  const fields = [
    'experiment',
    'stage',
    'metric',
    'measured_ms',
    ...contenders.map((name) => `${name} error_pct`),
  ];
  const data = figures.map(({ experiment, stage, metric, measuredMs, errorsPct }) => [
    experiment,
    stage,
    metric,
    measuredMs,
    ...contenders.map((name) => errorsPct[name] ?? ''),
  ]);
  return renderCsv(fields, data);
}
