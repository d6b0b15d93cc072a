import type { MetricName } from '../trace/metrics.js';
import type { LabelledRow } from './labelled-rows.js';
import { pooledNoise, type ReplicateGroup } from './replicates.js';
import type { DiscordantPair } from './validation-result.js';

/** Metrics whose order is looked into. */
export const ORDERED_METRICS = [
  'e2eMeanMs',
  'itlMeanMs',
  'ttftMeanMs',
] as const satisfies readonly MetricName[];

const gapPct = (from: number, to: number): number => (100 * (to - from)) / Math.max(from, to);

function pairOf(a: LabelledRow, b: LabelledRow, cvPct: number | undefined): DiscordantPair | undefined {
  const [low, high] = a.measuredMs <= b.measuredMs ? [a, b] : [b, a];
  if (low.measuredMs === high.measuredMs || low.predictedMs < high.predictedMs) return undefined;
  const measuredGapPct = gapPct(low.measuredMs, high.measuredMs);
  return {
    metric: low.metric,
    split: low.labels.split,
    experiments: [low.experiment, high.experiment],
    measuredGapPct,
    predictedGapPct: gapPct(low.predictedMs, high.predictedMs),
    ...(cvPct !== undefined && { gapInNoise: measuredGapPct / (Math.SQRT2 * cvPct) }),
  };
}

/** Every pair inside a split that the prediction does not order as measured, closest in measurement first. */
export function discordantPairs(
  rows: readonly LabelledRow[],
  replicates: readonly ReplicateGroup[],
): DiscordantPair[] {
  const runs = rows.filter((row) => row.stage === 'all');
  return ORDERED_METRICS.flatMap((metric) => {
    const cvPct = pooledNoise(replicates, metric)?.cvPct;
    return ['test', 'train'].flatMap((split) => {
      const members = runs.filter((row) => row.metric === metric && row.labels.split === split);
      const pairs = members.flatMap((a, i) => members.slice(i + 1).flatMap((b) => pairOf(a, b, cvPct) ?? []));
      return pairs.toSorted((a, b) => a.measuredGapPct - b.measuredGapPct);
    });
  });
}
