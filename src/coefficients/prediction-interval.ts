import type { Interval } from '../stats/bootstrap.js';
import { INTERVAL_SDS } from './uncertainty.js';

/** Everything that makes one predicted figure uncertain. Log ratios: 0.02 is 2 %. */
export interface IntervalParts {
  /** Log ratio of the figure with all steps slower (or faster) by one interval end of the step time, to the figure as predicted. */
  readonly slowerLogRatio: number;
  readonly fasterLogRatio: number;
  /** Standard deviations of what else is not known: front end, the metric itself, the luck of arrivals. */
  readonly otherLogSds: readonly number[];
}

/**
 * The interval a measurement lies in with 90 % probability. Each end adds the replayed effect of the step time and the
 * other spreads in quadrature, so that it grows where the replay amplifies: near the knee.
 */
export function predictionInterval(
  predictedMs: number,
  { slowerLogRatio, fasterLogRatio, otherLogSds }: IntervalParts,
): Interval {
  const other = INTERVAL_SDS * Math.hypot(...otherLogSds);
  const up = Math.max(0, slowerLogRatio, fasterLogRatio);
  const down = Math.max(0, -slowerLogRatio, -fasterLogRatio);
  return {
    low: predictedMs * Math.exp(-Math.hypot(down, other)),
    high: predictedMs * Math.exp(Math.hypot(up, other)),
  };
}
