import { INTERVAL_RATIO, INTERVAL_SDS } from '../../coefficients/uncertainty.js';
import { METRIC_NAMES, type MetricName } from '../../trace/metrics.js';
import type { UnseenResidual } from './unseen-residuals.js';

/** The spreads that are learnt from residuals; see `PredictionUncertainty`. */
export interface LearntSpreads {
  readonly stepTimeLogSd: number;
  readonly metricLogSd: Readonly<Partial<Record<MetricName, number>>>;
}

/**
 * Learns spreads from residuals of unseen models: that of the step time from the time per token, which is little else;
 * then that of each metric from what the step time leaves unexplained. Each spread is just large enough that the intervals
 * cover 90 % of the residuals. A quantile, not a root mean square, which covered less of the models left out: residuals have
 * heavier tails than the normal law.
 */
export function learnSpreads(residuals: readonly UnseenResidual[]): LearntSpreads {
  const stepTimeLogSd = coveringSd(
    residuals.filter(({ metric }) => metric === 'itlMeanMs'),
    (residual) =>
      missingSd(residual.logRatio, residual.coefficientSd * residual.stepSensitivity) /
      residual.stepSensitivity,
  );
  const metricLogSd = METRIC_NAMES.flatMap((metric) => {
    const own = residuals.filter((residual) => residual.metric === metric);
    if (own.length === 0) return [];
    return [
      [metric, coveringSd(own, (residual) => missingSd(residual.logRatio, knownSd(residual, stepTimeLogSd)))],
    ] as const;
  });
  return { stepTimeLogSd, metricLogSd: Object.fromEntries(metricLogSd) };
}

/** Whether the interval of given spreads holds a residual. */
export const covers = ({ stepTimeLogSd, metricLogSd }: LearntSpreads, residual: UnseenResidual): boolean =>
  Math.abs(residual.logRatio) <=
  INTERVAL_SDS * Math.hypot(knownSd(residual, stepTimeLogSd), metricLogSd[residual.metric] ?? 0) + 1e-12;

/** Share of residuals inside intervals learnt from all other models. */
export function unseenCoverage(residuals: readonly UnseenResidual[]): number {
  const models = [...new Set(residuals.map(({ model }) => model))];
  const inside = models.flatMap((model) => {
    const spreads = learnSpreads(residuals.filter((residual) => residual.model !== model));
    return residuals.filter((residual) => residual.model === model && covers(spreads, residual));
  });
  return inside.length / residuals.length;
}

/** What the step time and the front end explain of a figure's spread. */
const knownSd = (residual: UnseenResidual, stepTimeLogSd: number): number =>
  Math.hypot(residual.stepSensitivity * Math.hypot(stepTimeLogSd, residual.coefficientSd), residual.frontSd);

/** The spread to add to `knownSd` so that an interval just reaches a residual. */
const missingSd = (logRatio: number, known: number): number =>
  Math.sqrt(Math.max(0, (logRatio / INTERVAL_SDS) ** 2 - known ** 2));

/**
 * The smallest spread that suffices for 90 % of the residuals, by the rank of split conformal prediction, ⌈0.9·(n + 1)⌉,
 * which allows for n being small (Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005).
 */
function coveringSd(
  residuals: readonly UnseenResidual[],
  sdOf: (residual: UnseenResidual) => number,
): number {
  const sds = residuals.map(sdOf).toSorted((a, b) => a - b);
  const rank = Math.min(sds.length, Math.ceil(INTERVAL_RATIO * (sds.length + 1)));
  return sds[rank - 1] ?? 0;
}
