import type { MetricName } from '../../trace/metrics.js';
import type { ValidationResult } from '../../validate/validation-result.js';
import { left, right, type Block, type FigureBlock } from '../document.js';
import { count, metricTitle } from '../format.js';
import { runPoints, type RunPoint } from './run-points.js';
import { chart } from './theme.js';

interface Place {
  readonly run: string;
  readonly served: string;
  readonly order: 'measured' | 'predicted';
  readonly rank: number;
  readonly moved: string;
  readonly value: string;
}

const ranksBy = (points: readonly RunPoint[], pick: (point: RunPoint) => number): Map<RunPoint, number> =>
  new Map(points.toSorted((a, b) => pick(a) - pick(b)).map((point, i) => [point, i + 1]));

const moveTitle = (places: number): string =>
  places === 0 ? 'same place' : places <= 2 ? 'moved 1 or 2 places' : 'moved 3 places or more';

/** The place of every run in both orders, 1 = fastest. */
function placesOf(points: readonly RunPoint[]): Place[] {
  const measured = ranksBy(points, (point) => point.measuredMs);
  const predicted = ranksBy(points, (point) => point.predictedMs);
  return points.flatMap((point) => {
    const [from, to] = [measured.get(point) ?? 0, predicted.get(point) ?? 0];
    const common = {
      run: point.run,
      served: `${point.model}, ${point.gpu}, ${point.workload}`,
      moved: moveTitle(Math.abs(from - to)),
    };
    return [
      { ...common, order: 'measured' as const, rank: from, value: point.measured },
      { ...common, order: 'predicted' as const, rank: to, value: point.predicted },
    ];
  });
}

/** One line per run: its place in both orders. */
function placeTable(places: readonly Place[]): FigureBlock['data'] {
  const predicted = new Map(
    places.flatMap((place) => (place.order === 'predicted' ? [[place.run, place] as const] : [])),
  );
  return {
    columns: [
      left('run'),
      left('served'),
      ...['measured', 'place', 'predicted', 'place'].map(right),
      left('moved'),
    ],
    rows: places.flatMap(({ run, served, order, value, rank, moved }) => {
      const other = predicted.get(run);
      if (order === 'predicted' || other === undefined) return [];
      return [[run, served, value, count(rank), other.value, count(other.rank), moved]];
    }),
  };
}

const MOVES = ['same place', 'moved 1 or 2 places', 'moved 3 places or more'];

/** Bump chart: the measured order of the whole runs on the left, the predicted order on the right. */
export function bump(result: ValidationResult, metric: MetricName): Block[] {
  const points = runPoints(result, [metric]);
  if (points.length < 2) return [];
  const places = placesOf(points);
  const far = places.filter((place) => place.order === 'measured' && place.moved === MOVES[2]);
  const x = { field: 'order', type: 'nominal' as const, title: null, scale: { padding: 0.35 } };
  const y = {
    field: 'rank',
    type: 'quantitative' as const,
    title: 'place, 1 = fastest',
    scale: { reverse: true, zero: false },
  };
  const color = {
    field: 'moved',
    type: 'nominal' as const,
    title: null,
    scale: { domain: MOVES, range: ['#56B4E9', '#E69F00', '#D55E00'] },
  };
  const spec = chart({
    height: Math.max(120, 11 * points.length),
    data: { values: places },
    layer: [
      {
        mark: { type: 'line', strokeWidth: 2, opacity: 0.8 },
        encoding: {
          x: { ...x, axis: { orient: 'top', labelAngle: 0, grid: false } },
          y,
          color,
          detail: { field: 'run' },
        },
      },
      {
        mark: { type: 'point', filled: true, size: 40, opacity: 1 },
        encoding: {
          x,
          y,
          color,
          shape: { field: 'moved', type: 'nominal', title: null, scale: { domain: MOVES } },
          tooltip: ['run', 'served', 'order', 'rank', 'value', 'moved'].map((field) => ({
            field,
            type: 'nominal' as const,
          })),
        },
      },
    ],
  });
  const title = metricTitle(metric);
  return [
    {
      kind: 'figure',
      id: `order-${metric}`,
      caption: `${title}: order of the whole runs as measured and as predicted. Lines that cross are pairs in the wrong order.`,
      alt:
        `Bump chart of ${points.length} runs by ${title}: ${far.length} moved three places or more` +
        `${far.length === 0 ? '' : ` (${far.map((place) => place.run).join(', ')})`}.`,
      spec,
      data: placeTable(places),
    },
  ];
}
