import { mean } from 'simple-statistics';
import { coefficientSpread } from '../../coefficients/step-time-sd.js';
import { INTERVAL_SDS, type CoefficientCovariance } from '../../coefficients/uncertainty.js';
import type { Interval } from '../../stats/bootstrap.js';
import type { CanaryFigure, CanaryMetric } from './canary-figure.js';
import type { ByTerm } from './canary-rows.js';
import type { CanaryRun } from './canary-run.js';

/** `too noisy`: no drift is seen, but one that would matter could not be excluded either. */
export type CanaryVerdict = 'still true' | 'drifted' | 'too noisy';

/** What new runs say of a set's predictions of one metric. */
export interface MetricVerdict {
  readonly metric: CanaryMetric;
  readonly runs: number;
  readonly configurations: number;
  /** Positive when predictions are too large. */
  readonly meanErrorPct: number;
  /** What the mean error lies in with 90 % probability, in %. */
  readonly interval: Interval;
  /** Mean error, in its standard deviations. */
  readonly errorSds: number;
  /** A mean error that would matter, in %. */
  readonly tolerancePct: number;
  readonly verdict: CanaryVerdict;
}

/** What to judge a metric by. */
export interface CanaryNoise {
  /** Standard deviation of a repeat of a measurement, in % of the figure. */
  readonly noisePct: number;
  readonly tolerancePct: number;
}

/** A mean error is believed from this many standard deviations on: about 1 in 370 goes beyond by chance. */
const BELIEVED_SDS = 3;

/** What the runs of one configuration say together: they share the error of the set, not the noise of the measurement. */
interface ConfigurationError {
  readonly errorLog: number;
  /** Of what no other configuration shares. */
  readonly variance: number;
  readonly gradient: ByTerm;
}

const toPct = (log: number): number => 100 * Math.expm1(log);

/**
 * Judges one metric over all runs: the mean of the configurations' mean errors against the errors that the set says it has (of
 * its coefficients, which all configurations share, and of each configuration) and what repeats of a measurement differ by.
 * @returns undefined when no run has the metric
 */
export function judgeMetric(
  metric: CanaryMetric,
  runs: readonly CanaryRun[],
  covariance: CoefficientCovariance,
  { noisePct, tolerancePct }: CanaryNoise,
): MetricVerdict | undefined {
  const errors = configurationErrors(metric, runs, noisePct / 100);
  if (errors.length === 0) return undefined;
  const errorLog = mean(errors.map((error) => error.errorLog));
  const shared = coefficientSpread(covariance, meanByTerm(errors.map(({ gradient }) => gradient)));
  const own = Math.sqrt(errors.reduce((sum, { variance }) => sum + variance, 0)) / errors.length;
  const sd = Math.hypot(shared, own);
  const interval = { low: errorLog - INTERVAL_SDS * sd, high: errorLog + INTERVAL_SDS * sd };
  return {
    metric,
    runs: runs.filter(({ figures }) => figures.some((figure) => figure.metric === metric)).length,
    configurations: errors.length,
    meanErrorPct: toPct(errorLog),
    interval: { low: toPct(interval.low), high: toPct(interval.high) },
    errorSds: errorLog / sd,
    tolerancePct,
    verdict: verdictOf(errorLog / sd, interval, Math.log1p(tolerancePct / 100)),
  };
}

function verdictOf(errorSds: number, interval: Interval, toleranceLog: number): CanaryVerdict {
  if (Math.abs(errorSds) > BELIEVED_SDS) return 'drifted';
  return interval.low >= -toleranceLog && interval.high <= toleranceLog ? 'still true' : 'too noisy';
}

function configurationErrors(
  metric: CanaryMetric,
  runs: readonly CanaryRun[],
  noiseLogSd: number,
): ConfigurationError[] {
  const configurations = [...new Set(runs.map(({ configuration }) => configuration))];
  return configurations.flatMap((configuration) => {
    const figures = runs
      .filter((run) => run.configuration === configuration)
      .flatMap((run) => run.figures.filter((figure) => figure.metric === metric));
    return figures.length === 0 ? [] : [configurationError(figures, noiseLogSd)];
  });
}

const configurationError = (figures: readonly CanaryFigure[], noiseLogSd: number): ConfigurationError => ({
  errorLog: mean(figures.map((figure) => figure.errorLog)),
  variance: mean(figures.map(({ ownLogSd }) => ownLogSd)) ** 2 + noiseLogSd ** 2 / figures.length,
  gradient: meanByTerm(figures.map(({ gradient }) => gradient)),
});

const meanByTerm = (each: readonly ByTerm[]): ByTerm =>
  Object.fromEntries(
    Object.keys(each[0] ?? {}).map((name) => [name, mean(each.map((values) => values[name] ?? 0))]),
  );
