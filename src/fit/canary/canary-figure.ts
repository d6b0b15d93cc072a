import { mean } from 'simple-statistics';
import type { PredictionUncertainty } from '../../coefficients/uncertainty.js';
import type { MetricName } from '../../trace/metrics.js';
import type { UnseenResidual } from '../uncertainty/unseen-residuals.js';
import type { ByTerm, CanaryRow } from './canary-rows.js';

/** What a canary judges. */
export const CANARY_METRICS = [
  'ttftMeanMs',
  'itlMeanMs',
  'e2eMeanMs',
] as const satisfies readonly MetricName[];
export type CanaryMetric = (typeof CANARY_METRICS)[number];

/** A mean of a whole run beside its prediction. */
export interface CanaryFigure {
  readonly metric: CanaryMetric;
  /** ln(predicted ÷ measured): positive when the prediction is too large. */
  readonly errorLog: number;
  /** Spread of that error by what the set records of its own errors, its coefficients' apart. */
  readonly ownLogSd: number;
  /** d ln(predicted) ÷ d coefficient, by term: what all runs share of the coefficients' errors. */
  readonly gradient: ByTerm;
}

/** What is known of a run besides how far its figures are off. */
export interface KnownOfRun {
  readonly rows: readonly CanaryRow[];
  readonly stepTerms: ReadonlySet<string>;
  readonly uncertainty: PredictionUncertainty;
  /** Share of the TTFT in the E2E as measured. */
  readonly ttftRatio: number;
}

/**
 * A figure of the whole run, or the mean over its stages where no whole run was published.
 * @returns nothing when it was not measured or not predicted
 */
export function figureOf(
  metric: CanaryMetric,
  residuals: readonly UnseenResidual[],
  known: KnownOfRun,
): CanaryFigure[] {
  const own = residuals.filter((residual) => residual.metric === metric);
  const whole = own.filter(({ stage }) => stage === 'all');
  const judged = whole.length > 0 ? whole : own;
  if (judged.length === 0) return [];
  const { stepTimeLogSd, metricLogSd } = known.uncertainty;
  const stepSensitivity = mean(judged.map((residual) => residual.stepSensitivity));
  return [
    {
      metric,
      errorLog: -mean(judged.map(({ logRatio }) => logRatio)),
      ownLogSd: Math.hypot(stepSensitivity * stepTimeLogSd, metricLogSd[metric] ?? 0),
      gradient: replayedGradient(metric, stepSensitivity, known),
    },
  ];
}

/** Near the knee a replay makes more of slower steps than the rows say, whose timeline is frozen. */
function replayedGradient(metric: CanaryMetric, stepSensitivity: number, known: KnownOfRun): ByTerm {
  const { rows, stepTerms } = known;
  const sumOf = (of: (row: CanaryRow) => number): number =>
    rows.reduce((sum, row) => sum + weightOf(row, metric, known) * of(row), 0);
  const names = Object.keys(rows[0]?.gradient ?? {});
  const stepShare = sumOf(({ shares }) =>
    names.reduce((sum, name) => sum + (stepTerms.has(name) ? shares[name]! : 0), 0),
  );
  const scaleOf = (name: string): number =>
    stepTerms.has(name) && stepShare > 0 ? stepSensitivity / stepShare : 1;
  return Object.fromEntries(
    names.map((name) => [name, scaleOf(name) * sumOf(({ gradient }) => gradient[name]!)]),
  );
}

/** Of the metric's stages, of both kinds for E2E; of the other kind where one was left out as not linear. */
function weightOf(row: CanaryRow, metric: CanaryMetric, { rows, ttftRatio }: KnownOfRun): number {
  const alike = rows.filter((other) => other.metric === row.metric).length;
  if (alike === rows.length) return 1 / alike;
  if (metric === 'e2eMeanMs') return (row.metric === 'ttftMeanMs' ? ttftRatio : 1 - ttftRatio) / alike;
  return row.metric === metric ? 1 / alike : 0;
}
