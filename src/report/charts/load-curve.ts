import type { MetricName } from '../../trace/metrics.js';
import type { ExperimentResult, ValidationRow } from '../../validate/validation-result.js';
import { left, right, type Block } from '../document.js';
import { metricTitle, ms, stageTitle } from '../format.js';
import { figureId, PALETTE, chart } from './theme.js';

/** Measured and predicted latency of one metric over the load stages of one experiment (at least two). */
export function loadCurve(
  { experiment }: ExperimentResult,
  rows: readonly ValidationRow[],
  metric: MetricName,
): Block[] {
  const stages = rows.filter((row) => row.metric === metric && row.stage !== 'all');
  if (stages.length < 2) return [];
  const values = stages.flatMap((row) => [
    { stage: row.stage, of: 'measured', atMs: row.measuredMs },
    { stage: row.stage, of: 'predicted', atMs: row.predictedMs },
  ]);
  const of = { field: 'of', type: 'nominal' as const, title: null };
  const title = metricTitle(metric);
  const spec = chart({
    height: 120,
    data: { values },
    encoding: {
      x: {
        field: 'stage',
        type: 'ordinal',
        title: 'load stage',
        axis: { labelAngle: 0 },
        scale: { padding: 0.4 },
      },
      y: { field: 'atMs', type: 'quantitative', title: `${title} (ms)`, scale: { zero: true } },
      color: { ...of, scale: { range: [PALETTE[0], PALETTE[3]] } },
    },
    layer: [
      { mark: { type: 'line', strokeWidth: 2 }, encoding: { strokeDash: of } },
      { mark: { type: 'point', filled: true, size: 60 }, encoding: { shape: of } },
    ],
  });
  const said = stages.map((row) => `stage ${row.stage}: ${ms(row.measuredMs)} and ${ms(row.predictedMs)} ms`);
  return [
    {
      kind: 'figure',
      id: figureId(`load-${metric}`, experiment),
      caption: `${title} over the load stages, measured and predicted.`,
      alt: `${title}, measured and predicted, by stage – ${said.join('; ')}.`,
      spec,
      data: {
        columns: [left('stage'), right('measured (ms)'), right('predicted (ms)')],
        rows: stages.map((row) => [stageTitle(row.stage), ms(row.measuredMs), ms(row.predictedMs)]),
      },
    },
  ];
}
