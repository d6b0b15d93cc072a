import type { ComparedFigure, Comparison, HeadToHead, LeftOut } from '../../validate/head-to-head.js';
import { duelIntervals } from '../charts/duel-intervals.js';
import {
  heading,
  left,
  list,
  paragraph,
  right,
  table,
  type Block,
  type ReportDocument,
} from '../document.js';
import { count, metricTitle, MISSING, pct, signedPct } from '../format.js';
import { MEAN_METRICS } from '../validation/group-tables.js';

/** Runs named among those that changed most. */
const NAMED_RUNS = 10;

/** Better or worse only when the whole interval says so. */
function verdict({ differenceInterval: interval }: HeadToHead): string {
  if (interval === undefined) return 'too few runs';
  if (interval.high < 0) return 'closer';
  return interval.low > 0 ? 'farther' : 'no difference seen';
}

const duelRow = (duel: HeadToHead): string[] => [
  duel.challenger,
  metricTitle(duel.metric),
  count(duel.n),
  pct(duel.baselineMapePct),
  pct(duel.challengerMapePct),
  signedPct(duel.challengerMapePct - duel.baselineMapePct),
  duel.differenceInterval === undefined
    ? MISSING
    : `${signedPct(duel.differenceInterval.low)} … ${signedPct(duel.differenceInterval.high)}`,
  `${duel.wins} / ${duel.losses}`,
  verdict(duel),
];

function overall(comparison: Comparison): Block[] {
  const { baseline, headToHeads } = comparison;
  return [
    heading(2, 'All runs'),
    paragraph(
      `Mean |error| over the whole runs that both predicted, in %. Difference: in points, negative when the challenger is closer than ` +
        `${baseline}; its 90 % interval is a bootstrap over runs of the paired differences. Wins / losses: runs on which the ` +
        'challenger is closer, farther.',
    ),
    ...table(
      [
        left('challenger'),
        left('metric'),
        right('n'),
        right(baseline),
        right('challenger'),
        right('difference'),
        right('90 % interval'),
        right('wins / losses'),
        left('verdict'),
      ],
      headToHeads.filter((duel) => duel.by === 'all').map(duelRow),
    ),
    ...duelIntervals(comparison),
  ];
}

/** Mean |error| of the baseline and of every challenger that predicted all the group's runs. */
function groupRow(
  { baseline, challengers, headToHeads }: Comparison,
  { by, group, metric }: Pick<HeadToHead, 'by' | 'group' | 'metric'>,
): string[] {
  const duels = headToHeads.filter(
    (duel) => duel.by === by && duel.group === group && duel.metric === metric,
  );
  const n = Math.max(...duels.map((duel) => duel.n));
  const mapes = new Map(
    duels.filter((duel) => duel.n === n).map((duel) => [duel.challenger, duel.challengerMapePct]),
  );
  const ours = duels.find((duel) => duel.n === n)?.baselineMapePct ?? Infinity;
  const contenders = [[baseline, ours] as const, ...mapes];
  const least = Math.min(...contenders.map(([, mape]) => mape));
  const closest = contenders.filter(([, mape]) => mape === least).map(([name]) => name);
  return [
    group,
    metricTitle(metric),
    count(n),
    pct(ours),
    ...challengers.map((name) => pct(mapes.get(name))),
    closest.length === 1 ? (closest[0] ?? MISSING) : 'tie',
  ];
}

function whoWinsWhere(comparison: Comparison): Block[] {
  const { baseline, challengers, headToHeads } = comparison;
  const groups = (['split', 'model', 'gpu', 'workload'] as const).map((by) => ({
    by,
    names: [...new Set(headToHeads.filter((duel) => duel.by === by).map((duel) => duel.group))],
  }));
  const columns = [right('n'), ...[baseline, ...challengers].map(right), left('closest')];
  return [
    heading(2, 'Who wins where'),
    paragraph(
      'Mean |error| in %; only contenders that predicted every run of the group that any did are shown and ranked.',
    ),
    ...groups.flatMap(({ by, names }) =>
      table(
        [left(by === 'gpu' ? 'GPU' : by), left('metric'), ...columns],
        names.flatMap((group) => MEAN_METRICS.map((metric) => groupRow(comparison, { by, group, metric }))),
      ),
    ),
  ];
}

/** By how much one validation is farther off than the baseline, in points. */
const worsening = ({ errorsPct }: ComparedFigure, baseline: string, name: string): number =>
  Math.abs(errorsPct[name] ?? 0) - Math.abs(errorsPct[baseline] ?? 0);

/** The whole runs whose mean E2E or TTFT moved most from the baseline to each other validation. */
function largestChanges({ baseline, coefficientSets, figures }: Comparison): Block[] {
  const others = Object.keys(coefficientSets).filter((name) => name !== baseline);
  const means = figures.filter(
    (figure) => figure.stage === 'all' && MEAN_METRICS.some((metric) => metric === figure.metric),
  );
  return others.flatMap((name) => {
    const moved = means
      .filter((figure) => worsening(figure, baseline, name) !== 0)
      .toSorted((a, b) => Math.abs(worsening(b, baseline, name)) - Math.abs(worsening(a, baseline, name)));
    return [
      heading(2, `Largest changes of ${name}`),
      ...(moved.length === 0 ? [paragraph('No mean of a whole run changed.', 'good')] : []),
      ...table(
        [left('run'), left('metric'), right(`${baseline} %`), right(`${name} %`), right('|error| by')],
        moved
          .slice(0, NAMED_RUNS)
          .map((figure) => [
            figure.experiment,
            metricTitle(figure.metric),
            signedPct(figure.errorsPct[baseline]),
            signedPct(figure.errorsPct[name]),
            signedPct(worsening(figure, baseline, name)),
          ]),
      ),
    ];
  });
}

const leftOutText = ({ name, figures, experiments }: LeftOut): string =>
  `${figures} figures of ${name}` +
  (experiments.length === 0 ? '' : `, with nothing left of ${experiments.join(', ')}`);

function introduction({ baseline, coefficientSets, figures, leftOut }: Comparison): Block[] {
  return [
    heading(1, 'Comparison of validations'),
    paragraph(
      `Everything is held against ${baseline}, on ${figures.length} figures that all validations have.`,
    ),
    list(Object.entries(coefficientSets).map(([name, set]) => `${name}: coefficients ${set}`)),
    ...(leftOut.length === 0
      ? []
      : [
          paragraph('Left out, as another validation lacks them or measured them differently:', 'bad'),
          list(leftOut.map(leftOutText), 'bad'),
        ]),
  ];
}

/** Validations of the same measurements side by side: overall, group by group, then the runs that moved most. */
export const comparisonReport = (comparison: Comparison): ReportDocument => [
  ...introduction(comparison),
  ...overall(comparison),
  ...largestChanges(comparison),
  ...whoWinsWhere(comparison),
];
