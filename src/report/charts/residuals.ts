import type { Block } from '../document.js';
import { metricTitle } from '../format.js';
import { MEAN_METRICS } from '../validation/group-tables.js';
import { POINT_TOOLTIP, pointTable, type RunPoint } from './run-points.js';
import { chart } from './theme.js';

/** What residuals are drawn against. */
export interface ResidualAxis {
  readonly id: string;
  readonly field: 'batchRequests' | 'contextTokens';
  readonly title: string;
}

export const RESIDUAL_AXES: readonly ResidualAxis[] = [
  { id: 'batch', field: 'batchRequests', title: 'requests in a step' },
  { id: 'context', field: 'contextTokens', title: 'context tokens' },
];

const BAND_PCT = 10;

/** Signed errors of single stages against their batch or context, on a logarithmic axis, with the ±10 % band. */
export function residuals(points: readonly RunPoint[], { id, field, title }: ResidualAxis): Block[] {
  const shown = {
    name: 'shown',
    select: { type: 'point' as const, fields: ['metric'] },
    bind: 'legend' as const,
  };
  const metric = {
    field: 'metric',
    type: 'nominal' as const,
    title: null,
    sort: MEAN_METRICS.map(metricTitle),
  };
  const inside = points.filter((point) => Math.abs(point.errorPct) <= BAND_PCT).length;
  const spec = chart({
    height: 260,
    data: { values: [...points] },
    layer: [
      {
        data: { values: [{ low: -BAND_PCT, high: BAND_PCT }] },
        mark: { type: 'rect', opacity: 0.14, color: 'currentColor' },
        encoding: {
          y: { field: 'low', type: 'quantitative', title: 'error (%), + = predicted too slow' },
          y2: { field: 'high' },
        },
      },
      {
        data: { values: [{ at: 0 }] },
        mark: { type: 'rule', strokeDash: [4, 3] },
        encoding: { y: { field: 'at', type: 'quantitative' } },
      },
      {
        params: [shown],
        mark: { type: 'point', filled: true, size: 50 },
        encoding: {
          x: {
            field,
            type: 'quantitative',
            title,
            scale: { type: 'log', base: 2, nice: false, padding: 12 },
          },
          y: { field: 'errorPct', type: 'quantitative' },
          color: metric,
          shape: metric,
          opacity: { condition: { param: 'shown', value: 0.85 }, value: 0.08 },
          tooltip: [{ field, type: 'quantitative', title, format: '.1f' }, ...POINT_TOOLTIP],
        },
      },
    ],
  });
  return [
    {
      kind: 'figure',
      id: `residuals-${id}`,
      caption: `Signed errors of single stages against ${title} in simulation. Shaded: within ±10 %.`,
      alt: `Scatter of errors against ${title}: ${inside} of ${points.length} are within 10 %.`,
      spec,
      data: pointTable(points),
    },
  ];
}
