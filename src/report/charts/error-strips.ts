import { medianSorted } from 'simple-statistics';
import type { ValidationResult } from '../../validate/validation-result.js';
import type { FigureBlock } from '../document.js';
import { signedPct } from '../format.js';
import { MEAN_METRICS } from '../validation/group-tables.js';
import { byValue } from '../validation/server-knobs.js';
import { POINT_TOOLTIP, pointTable, runPoints, type RunPoint } from './run-points.js';
import { chart } from './theme.js';

/** What the errors are told apart by, and whether whole runs or single stages are drawn. */
export interface StripGrouping {
  readonly id: string;
  /** Path of the group in the data of the chart, and the group itself. */
  readonly field: string;
  readonly valueOf: (point: RunPoint) => string;
  readonly title: string;
  readonly scope: 'runs' | 'stages';
}

const AXIS_TITLE = 'error (%), + = predicted too slow';

/** Height of one metric's line, in pixels. */
const LINE_HEIGHT = 13;

type GroupOf = StripGrouping['valueOf'];

const groupsOf = (points: readonly RunPoint[], valueOf: GroupOf): string[] =>
  [...new Set(points.map(valueOf))].toSorted(byValue);

/** `H100: median +0.3 %; …` of the first metric drawn. */
function inWords(points: readonly RunPoint[], valueOf: GroupOf): string {
  const metric = points[0]?.metric;
  return groupsOf(points, valueOf)
    .map((group) => {
      const errors = points
        .filter((point) => valueOf(point) === group && point.metric === metric)
        .map((point) => point.errorPct)
        .toSorted((a, b) => a - b);
      return errors.length === 0 ? `${group}: none` : `${group}: ${signedPct(medianSorted(errors))} %`;
    })
    .join('; ');
}

/** Signed errors of TTFT, ITL and E2E, one point per run or stage, a bar at their median. */
export function errorStrips(result: ValidationResult, grouping: StripGrouping): FigureBlock[] {
  const { id, field, valueOf, title, scope } = grouping;
  const points = runPoints(result, MEAN_METRICS, scope);
  if (points.length === 0) return [];
  const y = { field, type: 'nominal' as const, title: null, sort: groupsOf(points, valueOf) };
  const yOffset = { field: 'metric', type: 'nominal' as const };
  const spec = chart({
    height: { step: LINE_HEIGHT, for: 'offset' },
    data: { values: points },
    layer: [
      {
        data: { values: [{}] },
        mark: { type: 'rule', strokeWidth: 1, opacity: 0.35 },
        encoding: { x: { datum: 0, type: 'quantitative', title: AXIS_TITLE } },
      },
      {
        params: [{ name: 'shown', select: { type: 'point', fields: ['metric'] }, bind: 'legend' }],
        mark: { type: 'point', filled: true, size: 42 },
        encoding: {
          x: { field: 'errorPct', type: 'quantitative', title: AXIS_TITLE, axis: { grid: true } },
          y,
          yOffset,
          color: { field: 'metric', type: 'nominal', title: null },
          shape: { field: 'metric', type: 'nominal', title: null },
          opacity: { condition: { param: 'shown', value: 0.85 }, value: 0.08 },
          tooltip: POINT_TOOLTIP,
        },
      },
      {
        mark: { type: 'tick', thickness: 2, size: LINE_HEIGHT, color: 'currentColor' },
        encoding: {
          x: { field: 'errorPct', type: 'quantitative', aggregate: 'median', title: AXIS_TITLE },
          y,
          yOffset,
          detail: yOffset,
        },
      },
    ],
  });
  const what = scope === 'runs' ? 'whole run' : 'load stage';
  return [
    {
      kind: 'figure',
      id: `errors-by-${id}`,
      caption: `Signed errors by ${title}: one point per ${what}, a bar at the median.`,
      alt: `Errors by ${title}. Medians of ${points[0]?.metric ?? ''} – ${inWords(points, valueOf)}.`,
      spec,
      data: pointTable(points),
    },
  ];
}
