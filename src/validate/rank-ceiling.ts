import { mean, quantileSorted } from 'simple-statistics';
import { kendallTauB } from '../stats/kendall.js';
import { ORDERED_METRICS } from './discordant-pairs.js';
import type { LabelledRow } from './labelled-rows.js';
import { pooledNoise, type ReplicateGroup } from './replicates.js';
import type { RankCeiling } from './validation-result.js';

const DRAWS = 1000;

/** A standard normal draw (Box and Muller 1958) from two uniform ones. */
const normal = (uniform: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

/** The best known truth of each run: the mean over its replicates, else what was measured. */
function truths(rows: readonly LabelledRow[], replicates: readonly ReplicateGroup[]): number[] {
  return rows.map(({ experiment, metric, measuredMs }) => {
    const group = replicates.find(({ experiments }) => experiments.includes(experiment));
    return group?.noise.find((entry) => entry.metric === metric)?.meanMs ?? measuredMs;
  });
}

function ceilingOf(
  rows: readonly LabelledRow[],
  replicates: readonly ReplicateGroup[],
  uniform: () => number,
): Omit<RankCeiling, 'split'> | undefined {
  const metric = rows[0]?.metric;
  const cvPct = metric && pooledNoise(replicates, metric)?.cvPct;
  if (metric === undefined || cvPct === undefined) return undefined;
  const truth = truths(rows, replicates);
  const taus = Array.from({ length: DRAWS }, () =>
    kendallTauB(
      truth,
      truth.map((value) => value * (1 + (cvPct / 100) * normal(uniform))),
    ),
  ).flatMap((tau) => tau ?? []);
  if (taus.length === 0) return undefined;
  const sorted = taus.toSorted((a, b) => a - b);
  return { metric, n: rows.length, cvPct, meanTauB: mean(sorted), lowTauB: quantileSorted(sorted, 0.05) };
}

/**
 * What measurement noise alone makes of the order: repeats of one configuration, which any model predicts alike, and runs
 * closer than a repeat differs cannot be ordered better than by chance. Empty when the suite repeats nothing.
 * @param uniform seeded source of the draws
 */
export function rankCeilings(
  rows: readonly LabelledRow[],
  replicates: readonly ReplicateGroup[],
  uniform: () => number,
): RankCeiling[] {
  return ORDERED_METRICS.flatMap((metric) =>
    ['test', 'train'].flatMap((split) => {
      const members = rows.filter(
        (row) => row.stage === 'all' && row.metric === metric && row.labels.split === split,
      );
      const ceiling = ceilingOf(members, replicates, uniform);
      return ceiling === undefined ? [] : [{ ...ceiling, split }];
    }),
  );
}
