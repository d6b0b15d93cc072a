import type { MetricName } from '../../trace/metrics.js';
import type { ValidationResult } from '../../validate/validation-result.js';
import type { Block } from '../document.js';
import { metricTitle } from '../format.js';
import { POINT_TOOLTIP, pointTable, runPoints, type RunPoint } from './run-points.js';
import { chart } from './theme.js';

/** Predictions inside this distance of the measurement lie in the shaded band. */
const BAND_RATIO = 0.1;
/** The axes begin and end this factor beyond the outermost point. */
const MARGIN = 1.25;

/** Ends of the diagonal and of the band beside it; straight lines where both axes are logarithmic. */
function diagonal(points: readonly RunPoint[]): object[] {
  const values = points.flatMap((point) => [point.measuredMs, point.predictedMs]);
  return [Math.min(...values) / MARGIN, Math.max(...values) * MARGIN].map((at) => ({
    at,
    low: at * (1 - BAND_RATIO),
    high: at * (1 + BAND_RATIO),
  }));
}

/** Predicted against measured whole runs of one metric, on logarithmic axes with the diagonal and its ±10 % band. */
export function scatter(result: ValidationResult, metric: MetricName): Block[] {
  const points = runPoints(result, [metric]).filter((point) => point.measuredMs > 0 && point.predictedMs > 0);
  if (points.length === 0) return [];
  const inside = points.filter((point) => Math.abs(point.errorPct) <= 100 * BAND_RATIO).length;
  const title = metricTitle(metric);
  const log = { type: 'log' as const, nice: false };
  const spec = chart({
    height: 340,
    layer: [
      {
        data: { values: diagonal(points) },
        mark: { type: 'area', opacity: 0.14, color: 'currentColor', clip: true },
        encoding: {
          x: { field: 'at', type: 'quantitative', scale: log, title: `measured ${title} (ms)` },
          y: { field: 'low', type: 'quantitative', scale: log, title: `predicted ${title} (ms)` },
          y2: { field: 'high' },
        },
      },
      {
        data: { values: diagonal(points) },
        mark: { type: 'line', color: 'currentColor', strokeDash: [4, 3], strokeWidth: 1, clip: true },
        encoding: {
          x: { field: 'at', type: 'quantitative' },
          y: { field: 'at', type: 'quantitative' },
        },
      },
      {
        data: { values: points.filter((point) => (point.lowMs ?? 0) > 0) },
        mark: { type: 'rule', color: 'currentColor', opacity: 0.35, clip: true },
        encoding: {
          x: { field: 'measuredMs', type: 'quantitative' },
          y: { field: 'lowMs', type: 'quantitative' },
          y2: { field: 'highMs' },
        },
      },
      {
        data: { values: points },
        params: [{ name: 'shown', select: { type: 'point', fields: ['gpu'] }, bind: 'legend' }],
        mark: { type: 'point', filled: true, size: 70, clip: true },
        encoding: {
          x: { field: 'measuredMs', type: 'quantitative' },
          y: { field: 'predictedMs', type: 'quantitative' },
          color: { field: 'gpu', type: 'nominal', title: 'GPU' },
          shape: { field: 'split', type: 'nominal', title: 'split' },
          opacity: { condition: { param: 'shown', value: 0.85 }, value: 0.1 },
          tooltip: POINT_TOOLTIP,
        },
      },
    ],
  });
  return [
    {
      kind: 'figure',
      id: `scatter-${metric}`,
      caption: `${title}: predicted against measured, whole runs, logarithmic axes. Dashed: equal. Shaded: within ±10 %. Bars: 90 % prediction intervals.`,
      alt: `Scatter of predicted against measured ${title}: ${inside} of ${points.length} runs are within 10 %.`,
      spec,
      data: pointTable(points),
    },
  ];
}
