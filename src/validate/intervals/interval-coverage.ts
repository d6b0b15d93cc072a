import { median } from 'simple-statistics';
import { METRIC_NAMES } from '../../trace/metrics.js';
import { SATURATION_VERDICTS, type SaturationVerdict } from '../saturation.js';
import type { LabelledRow } from '../labelled-rows.js';
import type { IntervalCoverage, RowScope } from '../validation-result.js';

/**
 * How often the measured figure lies in its 90 % interval: by split and metric, whole runs and single stages; where these
 * lie on more than one side of the knee, also by side.
 */
export const intervalCoverages = (rows: readonly LabelledRow[]): IntervalCoverage[] =>
  (['runs', 'stages'] as const).flatMap((scope) =>
    (['test', 'train'] as const).flatMap((split) => {
      const own = rows.filter((row) => scopeOf(row) === scope && row.labels.split === split);
      const all = { scope, split, metric: 'all' } as const;
      return [
        ...METRIC_NAMES.flatMap((metric) =>
          coverageOf(
            { scope, split, metric },
            own.filter((row) => row.metric === metric),
          ),
        ),
        ...coverageOf(all, own),
        ...sidesOf(own).flatMap((verdict) =>
          coverageOf(
            { ...all, verdict },
            own.filter((row) => row.verdict === verdict),
          ),
        ),
      ];
    }),
  );

/** Sides of the knee that rows lie on; none when it is only one. */
function sidesOf(rows: readonly LabelledRow[]): readonly SaturationVerdict[] {
  const sides = SATURATION_VERDICTS.filter((verdict) => rows.some((row) => row.verdict === verdict));
  return sides.length > 1 ? sides : [];
}

const scopeOf = ({ stage }: LabelledRow): RowScope => (stage === 'all' ? 'runs' : 'stages');

function coverageOf(
  of: Pick<IntervalCoverage, 'scope' | 'split' | 'metric' | 'verdict'>,
  rows: readonly LabelledRow[],
): IntervalCoverage[] {
  const known = rows.flatMap(({ interval, measuredMs, predictedMs }) =>
    interval === undefined ? [] : [{ ...interval, measuredMs, predictedMs }],
  );
  if (known.length === 0) return [];
  const coverage = {
    ...of,
    n: known.length,
    inside: known.filter(({ low, high, measuredMs }) => measuredMs >= low && measuredMs <= high).length,
    medianHalfWidthPct: median(known.map(({ low, high, predictedMs }) => (50 * (high - low)) / predictedMs)),
  };
  return [coverage];
}
