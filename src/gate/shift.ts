import { median } from 'simple-statistics';
import { errorPct } from '../stats/relative-error.js';
import { METRIC_NAMES, type MetricName } from '../trace/metrics.js';
import { BELIEVED_SD } from './fidelity.js';
import type { PairedFigure } from './paired-figures.js';
import { seedNoisePct, type SeedCounts } from './seed-noise.js';
import type { ShiftRow } from './verdict.js';

/** Standard error of a median of normal values, in standard errors of their mean: √(π / 2). */
const MEDIAN_OVER_MEAN = Math.sqrt(Math.PI / 2);
/** Less than this is no shift: the spread of two or three replays is not known well enough. */
const LEAST_SHIFT_PCT = 1;
/** A p99 is a handful of requests: what seeds do to it in one or two runs is not known at all. */
const SHIFTING: readonly MetricName[] = METRIC_NAMES.filter((metric) => !metric.endsWith('P99Ms'));

function shiftOf(
  gpu: string,
  metric: MetricName,
  figures: readonly PairedFigure[],
  typicalPct: number,
): ShiftRow {
  const changePct = median(
    figures.map(({ baseline, now }) => errorPct(now.predictedMs, baseline.predictedMs)),
  );
  const explainedPct = (BELIEVED_SD * MEDIAN_OVER_MEAN * typicalPct) / Math.sqrt(figures.length);
  const noisePct = Math.max(LEAST_SHIFT_PCT, explainedPct);
  const verdict = Math.abs(changePct) > noisePct ? 'fail' : 'pass';
  return { gpu, metric, n: figures.length, changePct, noisePct, verdict };
}

/**
 * Whether the predictions of whole runs moved, all together, from what they were under other seeds: the median change of
 * each GPU and metric, better or worse, against three standard errors of what seeds explain. That is the median noise over
 * all runs of the metric, so that neither a run that hardly repeats, nor one that spreads more now, excuses the others.
 * @param figures whole runs that both sides have
 * @returns no row of a metric that neither side replayed twice, and none of p99
 */
export function predictionShifts(figures: readonly PairedFigure[], counts: SeedCounts): ShiftRow[] {
  const gpus = [...new Set(figures.map(({ experiment }) => experiment.gpu))].toSorted();
  return SHIFTING.flatMap((metric) => {
    const runs = figures.filter((figure) => figure.metric === metric);
    const known = seedNoisePct(runs, counts).filter((noise) => noise !== undefined);
    if (known.length === 0) return [];
    return gpus.flatMap((gpu) => {
      const own = runs.filter(({ experiment }) => experiment.gpu === gpu);
      return own.length === 0 ? [] : shiftOf(gpu, metric, own, median(known));
    });
  });
}
