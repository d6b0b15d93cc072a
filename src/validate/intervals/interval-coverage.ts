import { median } from 'simple-statistics';
import { METRIC_NAMES } from '../../trace/metrics.js';
import type { LabelledRow } from '../labelled-rows.js';
import type { IntervalCoverage, RowScope } from '../validation-result.js';

/** How often the measured figure lies in its 90 % interval: by split and metric, whole runs and single stages. */
export const intervalCoverages = (rows: readonly LabelledRow[]): IntervalCoverage[] =>
  (['runs', 'stages'] as const).flatMap((scope) =>
    (['test', 'train'] as const).flatMap((split) =>
      ([...METRIC_NAMES, 'all'] as const).flatMap((metric) => {
        const own = rows.filter(
          (row) =>
            scopeOf(row) === scope &&
            row.labels.split === split &&
            (metric === 'all' || row.metric === metric),
        );
        const coverage = coverageOf(own);
        return coverage === undefined ? [] : [{ scope, split, metric, ...coverage }];
      }),
    ),
  );

const scopeOf = ({ stage }: LabelledRow): RowScope => (stage === 'all' ? 'runs' : 'stages');

function coverageOf(
  rows: readonly LabelledRow[],
): Pick<IntervalCoverage, 'n' | 'inside' | 'medianHalfWidthPct'> | undefined {
  const known = rows.flatMap(({ interval, measuredMs, predictedMs }) =>
    interval === undefined ? [] : [{ ...interval, measuredMs, predictedMs }],
  );
  if (known.length === 0) return undefined;
  return {
    n: known.length,
    inside: known.filter(({ low, high, measuredMs }) => measuredMs >= low && measuredMs <= high).length,
    medianHalfWidthPct: median(known.map(({ low, high, predictedMs }) => (50 * (high - low)) / predictedMs)),
  };
}
