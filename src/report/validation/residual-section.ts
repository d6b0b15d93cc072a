import { spearmanRho } from '../../stats/spearman.js';
import type { ValidationResult } from '../../validate/validation-result.js';
import { residuals, RESIDUAL_AXES, type ResidualAxis } from '../charts/residuals.js';
import { runPoints, type RunPoint } from '../charts/run-points.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { count, metricTitle, ratio } from '../format.js';
import { errorCells, errorColumns, MEAN_METRICS } from './group-tables.js';

/** The power of two that a value reaches. */
const binOf = (value: number): number => 2 ** Math.floor(Math.log2(value));

/** One line per power of two of batch or context, smallest first. */
function axisTable(points: readonly RunPoint[], { field, title }: ResidualAxis): Block[] {
  const binOfPoint = (point: RunPoint): number => binOf(point[field] ?? NaN);
  const bins = [...new Set(points.map(binOfPoint))].toSorted((a, b) => a - b);
  const rows = bins.map((from) => {
    const own = points.filter((point) => binOfPoint(point) === from);
    return [
      `${count(from)} up to ${count(2 * from)}`,
      count(new Set(own.map(({ run, stage }) => JSON.stringify([run, stage]))).size),
      ...MEAN_METRICS.flatMap((metric) =>
        errorCells(own.filter((point) => point.metric === metricTitle(metric))),
      ),
    ];
  });
  return table([left(title), right('stages'), ...errorColumns], rows);
}

/** Spearman's ρ of the signed errors of each mean and batch or context. */
function trends(points: readonly RunPoint[], { field, title }: ResidualAxis): string {
  const known = MEAN_METRICS.map((metric) => {
    const own = points.filter((point) => point.metric === metricTitle(metric));
    const rho = spearmanRho(
      own.map((point) => point[field] ?? NaN),
      own.map((point) => point.errorPct),
    );
    return `${metricTitle(metric)} ${ratio(rho)}`;
  });
  return `with ${title} ${known.join(', ')}`;
}

/** Does the error grow with the batch or the context? Single stages; nothing when the result has no batches. */
export function residualSection(result: ValidationResult): Block[] {
  const points = runPoints(result, MEAN_METRICS, 'stages').filter((point) => point.batchRequests !== undefined);
  if (points.length === 0) return [];
  return [
    heading(2, 'Residuals against batch and context'),
    paragraph(
      'Single stages by what their steps were made of in simulation: requests in a step (weighted by time), and tokens in the KV cache ' +
        'that a decoding request attends to (mean over decode tokens). A model of step times with a wrong slope shows as a trend. Cells are median / mean of |error|. ' +
        `Spearman's ρ of the signed error ${RESIDUAL_AXES.map((axis) => trends(points, axis)).join('; ')}.`,
    ),
    ...RESIDUAL_AXES.flatMap((axis) => axisTable(points, axis)),
    ...RESIDUAL_AXES.flatMap((axis) => residuals(points, axis)),
  ];
}
