import type { MetricName } from '../trace/metrics.js';

/** Covariance of the free coefficients of a fit, each in its own unit; row and column i belong to `terms[i]`. */
export interface CoefficientCovariance {
  readonly terms: readonly string[];
  readonly values: readonly (readonly number[])[];
}

/** How far the logarithms of the two scales are believed to stray from 0 before a configuration was measured. */
export interface CorrectionPrior {
  readonly stepLogSd: number;
  readonly frontLogSd: number;
}

/**
 * How far predictions of unseen models are off, learnt by leaving out one model after another. Spreads are of log ratios
 * (0.02 is 2 %), and stand for a normal law that covers `INTERVAL_RATIO` of what was left out.
 */
export interface PredictionUncertainty {
  readonly covariance: CoefficientCovariance;
  /** Of all step times of one run together, beyond what the coefficients' covariance explains. */
  readonly stepTimeLogSd: number;
  /** By metric: beyond what the error of the step time explains, seen through the replay. */
  readonly metricLogSd: Readonly<Partial<Record<MetricName, number>>>;
  /** Models left out in turn, and figures they were compared on. */
  readonly models: number;
  readonly figures: number;
  /** Share of those figures inside intervals learnt from the other models. */
  readonly unseenCoverageRatio: number;
  /** The prior of corrections that predicted other workloads of a model left out best; absent when no model had two. */
  readonly correctionPrior?: CorrectionPrior;
}

/** Share of measurements that a prediction interval is to cover. */
export const INTERVAL_RATIO = 0.9;
/** Standard deviations from the middle to either end of such an interval of the normal law. */
export const INTERVAL_SDS = 1.6448536269514722;
