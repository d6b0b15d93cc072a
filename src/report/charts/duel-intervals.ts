import type { Comparison, HeadToHead } from '../../validate/head-to-head.js';
import { left, right, type Block } from '../document.js';
import { count, metricTitle, signedPct } from '../format.js';
import { printable } from '../plain-text.js';
import { MEAN_METRICS } from '../validation/group-tables.js';
import { chart } from './theme.js';

/** Height of one metric's line, in pixels. */
const LINE_HEIGHT = 16;

/** In points, where a linear axis turns into a logarithmic one and on from there. */
const TICKS = [-1000, -100, -10, -1, 0, 1, 10, 100, 1000, 10_000];

/** One challenger on one metric, ready to be drawn. */
interface DrawnDuel {
  readonly challenger: string;
  readonly metric: string;
  readonly runs: string;
  readonly points: number;
  readonly low: number;
  readonly high: number;
  readonly difference: string;
  readonly interval: string;
}

function drawn({
  challenger,
  metric,
  n,
  baselineMapePct,
  challengerMapePct,
  differenceInterval,
}: HeadToHead): DrawnDuel[] {
  if (differenceInterval === undefined) return [];
  const { low, high } = differenceInterval;
  const points = challengerMapePct - baselineMapePct;
  return [
    {
      challenger: printable(challenger),
      metric: metricTitle(metric),
      runs: count(n),
      points,
      low,
      high,
      difference: signedPct(points),
      interval: `${signedPct(low)} … ${signedPct(high)}`,
    },
  ];
}

/** Paired differences of mean |error| over all runs, with their intervals: left of 0 the challenger is closer. */
export function duelIntervals({ baseline, headToHeads }: Comparison): Block[] {
  const duels = headToHeads
    .filter(({ by, metric }) => by === 'all' && MEAN_METRICS.some((name) => name === metric))
    .flatMap(drawn);
  if (duels.length === 0) return [];
  const metric = {
    field: 'metric',
    type: 'nominal' as const,
    title: null,
    sort: MEAN_METRICS.map(metricTitle),
  };
  const place = {
    y: { field: 'challenger', type: 'nominal' as const, title: null, sort: null },
    yOffset: { field: 'metric', type: 'nominal' as const, sort: MEAN_METRICS.map(metricTitle) },
  };
  const x = {
    type: 'quantitative' as const,
    title: `mean |error| less that of ${printable(baseline)}, in points`,
    // linear around 0, logarithmic beyond: peers may be hundreds of points off
    scale: { type: 'symlog' as const, constant: 1, nice: false },
    axis: { values: TICKS },
  };
  const spec = chart({
    height: { step: LINE_HEIGHT, for: 'offset' },
    data: { values: duels },
    layer: [
      {
        data: { values: [{}] },
        mark: { type: 'rule', strokeDash: [4, 3] },
        encoding: { x: { datum: 0, ...x } },
      },
      {
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: { x: { field: 'low', ...x }, x2: { field: 'high' }, ...place, color: metric },
      },
      {
        mark: { type: 'point', filled: true, size: 70, opacity: 1 },
        encoding: {
          x: { field: 'points', ...x },
          ...place,
          color: metric,
          shape: metric,
          tooltip: ['challenger', 'metric', 'runs', 'difference', 'interval'].map((field) => ({
            field,
            type: 'nominal' as const,
          })),
        },
      },
    ],
  });
  const won = duels.filter(({ high }) => high < 0).length;
  const lost = duels.filter(({ low }) => low > 0).length;
  return [
    {
      kind: 'figure',
      id: 'duels',
      caption: `Mean |error| of every challenger less that of ${baseline}, on the runs both predicted, with 90 % intervals. Left of the dashed line the challenger is closer.`,
      alt: `Differences with intervals: of ${duels.length}, challengers are closer in ${won} and farther in ${lost}.`,
      spec,
      data: {
        columns: [
          left('challenger'),
          left('metric'),
          right('runs'),
          right('difference'),
          right('90 % interval'),
        ],
        rows: duels.map((duel) => [duel.challenger, duel.metric, duel.runs, duel.difference, duel.interval]),
      },
    },
  ];
}
