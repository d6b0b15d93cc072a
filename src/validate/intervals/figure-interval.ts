import { sampleStandardDeviation } from 'simple-statistics';
import { predictionInterval } from '../../coefficients/prediction-interval.js';
import type { PredictionUncertainty } from '../../coefficients/uncertainty.js';
import type { Interval } from '../../stats/bootstrap.js';
import type { MetricName } from '../../trace/metrics.js';
import type { StageSpread } from './stage-spreads.js';

/**
 * The 90 % prediction interval of one figure, in ms.
 * @param drawsMs the figure under each seed
 * @returns undefined for a metric whose spread was never learnt, or that has no positive value
 */
export function figureInterval(
  metric: MetricName,
  predictedMs: number | undefined,
  drawsMs: readonly number[],
  spread: StageSpread | undefined,
  uncertainty: PredictionUncertainty | undefined,
): Interval | undefined {
  const metricLogSd = uncertainty?.metricLogSd[metric];
  const slowerLogRatio = spread?.slowerLogRatio[metric];
  const fasterLogRatio = spread?.fasterLogRatio[metric];
  if (
    predictedMs === undefined ||
    metricLogSd === undefined ||
    slowerLogRatio === undefined ||
    fasterLogRatio === undefined
  )
    return undefined;
  const otherLogSds = [metricLogSd, spread?.frontLogSd[metric] ?? 0, seedLogSd(drawsMs)];
  return predictionInterval(predictedMs, { slowerLogRatio, fasterLogRatio, otherLogSds });
}

/** Spread of a figure over the seeds: a measured run is one more draw. 0 with one seed. */
const seedLogSd = (drawsMs: readonly number[]): number =>
  drawsMs.length < 2 || drawsMs.some((ms) => ms <= 0) ? 0 : sampleStandardDeviation(drawsMs.map(Math.log));
