import { median } from 'simple-statistics';
import type { MetricName } from '../trace/metrics.js';
import type { BaselineFigure } from './baseline.js';
import type { PairedFigure } from './paired-figures.js';

/**
 * Mean range of n draws from a normal distribution, in standard deviations, for n = 2 … 10 (Tippett 1925, Biometrika 17).
 * With more draws the last one is used, which states the noise too large rather than too small.
 */
const MEAN_RANGE = [1.128, 1.693, 2.059, 2.326, 2.534, 2.704, 2.847, 2.97, 3.078] as const;

/** Standard deviation of one replay between seeds, in % of the figure; undefined where it was replayed once. */
function sdPct({ seedSpreadPct }: BaselineFigure, seeds: number): number | undefined {
  if (seedSpreadPct === undefined || seeds < 2) return undefined;
  return seedSpreadPct / MEAN_RANGE[Math.min(seeds - 2, MEAN_RANGE.length - 1)]!;
}

/** How often each side replayed a figure. */
export interface SeedCounts {
  readonly baseline: number;
  readonly now: number;
}

/**
 * Standard error of the change of each figure that other seeds alone would explain, in % of it, in the order of
 * `figures`. The spread of two or three replays says little, so a figure has at least the median noise of its metric.
 * Undefined where neither side was replayed twice.
 */
export function seedNoisePct(
  figures: readonly PairedFigure[],
  counts: SeedCounts,
): readonly (number | undefined)[] {
  const own = figures.map(({ baseline, now }) => {
    const known = [sdPct(baseline, counts.baseline), sdPct(now, counts.now)].filter((sd) => sd !== undefined);
    return known.length === 0 ? undefined : Math.max(...known);
  });
  const typical = typicalByMetric(figures, own);
  const ofTheMeans = Math.sqrt(1 / counts.baseline + 1 / counts.now);
  return figures.map(({ metric }, i) => {
    const sd = own[i];
    return sd === undefined ? undefined : ofTheMeans * Math.max(sd, typical.get(metric) ?? 0);
  });
}

function typicalByMetric(
  figures: readonly PairedFigure[],
  sds: readonly (number | undefined)[],
): Map<MetricName, number> {
  const byMetric = new Map<MetricName, number[]>();
  figures.forEach(({ metric }, i) => {
    const sd = sds[i];
    if (sd !== undefined) byMetric.set(metric, [...(byMetric.get(metric) ?? []), sd]);
  });
  return new Map([...byMetric].map(([metric, values]) => [metric, median(values)]));
}
