import { mean, median } from 'simple-statistics';
import type { MetricName } from '../../trace/metrics.js';
import type { UnseenResidual } from '../uncertainty/unseen-residuals.js';
import { NO_LOG_CORRECTION, type LogCorrection } from './estimate-correction.js';
import type { MeasuredRun } from './measured-runs.js';

/** What corrections are judged by: means over a whole run. */
const JUDGED_METRICS = ['e2eMeanMs', 'itlMeanMs', 'ttftMeanMs'] as const satisfies readonly MetricName[];
type JudgedMetric = (typeof JUDGED_METRICS)[number];

/** Median and mean of absolute errors, in %. */
interface AbsoluteErrors {
  readonly medianApePct: number;
  readonly mapePct: number;
}

/** A smaller change of an error, in points, is no change: tables do not show it. */
const WORSE_PCT = 0.05;

/** |error| of one figure under the general model and under corrections (several: their mean), in %. */
export interface ErrorPair {
  readonly metric: JudgedMetric;
  readonly generalPct: number;
  readonly correctedPct: number;
}

/** The same figures under the general model and under corrections. */
export interface PairedErrors {
  readonly metric: JudgedMetric;
  readonly n: number;
  readonly general: AbsoluteErrors;
  readonly corrected: AbsoluteErrors;
  /** Figures that the corrections predict worse than the general model. */
  readonly worsened: number;
}

/** Summaries of pairs by metric; metrics without pairs are left out. */
export const pairedErrors = (pairs: readonly ErrorPair[]): readonly PairedErrors[] =>
  JUDGED_METRICS.flatMap((metric) => {
    const own = pairs.filter((pair) => pair.metric === metric);
    if (own.length === 0) return [];
    return {
      metric,
      n: own.length,
      general: absoluteErrors(own.map(({ generalPct }) => generalPct)),
      corrected: absoluteErrors(own.map(({ correctedPct }) => correctedPct)),
      worsened: own.filter(({ generalPct, correctedPct }) => correctedPct > generalPct + WORSE_PCT).length,
    };
  });

/**
 * A run under corrections, to first order: by the sensitivities of its figures, without another replay. Figures of the whole
 * run, else the mean over its stages; a metric that was not measured has no pair.
 * @param corrections at least one
 */
export const errorPairs = (
  { residuals }: MeasuredRun,
  corrections: readonly LogCorrection[],
): readonly ErrorPair[] =>
  JUDGED_METRICS.flatMap((metric) => {
    const own = residuals.filter((residual) => residual.metric === metric);
    const whole = own.filter(({ stage }) => stage === 'all');
    const judged = whole.length > 0 ? whole : own;
    if (judged.length === 0) return [];
    const under = (correction: LogCorrection): number =>
      mean(judged.map((residual) => errorPct(residual, correction)));
    return { metric, generalPct: under(NO_LOG_CORRECTION), correctedPct: mean(corrections.map(under)) };
  });

const absoluteErrors = (errorsPct: number[]): AbsoluteErrors => ({
  medianApePct: median(errorsPct),
  mapePct: mean(errorsPct),
});

const errorPct = (residual: UnseenResidual, { stepLog, frontLog }: LogCorrection): number => {
  const moved = residual.stepSensitivity * stepLog + residual.frontSensitivity * frontLog;
  return 100 * Math.abs(Math.exp(moved - residual.logRatio) - 1);
};
