import type { CorrectionPrior } from '../../coefficients/uncertainty.js';
import type { MetricName } from '../../trace/metrics.js';
import type { LearntSpreads } from '../uncertainty/calibrate.js';
import type { UnseenResidual } from '../uncertainty/unseen-residuals.js';
import type { MeasuredRun } from './measured-runs.js';

/** A correction as it is estimated: logarithms of both scales, with their standard errors. */
export interface LogCorrection {
  readonly stepLog: number;
  readonly stepLogSd: number;
  readonly frontLog: number;
  readonly frontLogSd: number;
}

/** Changes nothing. */
export const NO_LOG_CORRECTION: LogCorrection = { stepLog: 0, stepLogSd: 0, frontLog: 0, frontLogSd: 0 };

/** What corrections are estimated from: E2E is the two together, and percentiles are mostly chance. */
const FITTED_METRICS: readonly MetricName[] = ['itlMeanMs', 'ttftMeanMs'];

/** Published figures repeat no better than this when a run is repeated; less would trust two stages of a run as two runs. */
const MIN_ROW_LOG_SD = 0.003;

/**
 * The most likely ln(step scale) a and ln(front scale) b of one configuration. A figure of run r is off by
 * ln(measured ÷ predicted) = s·(a + e_r) + f·b + ε with s and f its sensitivities, e_r ~ N(0, stepTimeLogSd²) what all
 * steps of the run share beyond the configuration (its load), ε ~ N(0, metricLogSd²) of the metric; a and b have the
 * prior N(0, sd²). A ridge regression by generalised least squares: e_r is integrated out run by run.
 * @returns zeros with the prior's spread when there are no runs
 */
export function estimateCorrection(
  runs: readonly MeasuredRun[],
  spreads: LearntSpreads,
  { stepLogSd, frontLogSd }: CorrectionPrior,
): LogCorrection {
  const sums = runs.map((run) => evidence(run, spreads));
  const total = (key: keyof Evidence): number => sums.reduce((sum, each) => sum + each[key], 0);
  // Unknowns in units of their priors' spreads, so that a spread of 0 holds its scale at 1.
  const stepStep = 1 + stepLogSd ** 2 * total('stepStep');
  const stepFront = stepLogSd * frontLogSd * total('stepFront');
  const frontFront = 1 + frontLogSd ** 2 * total('frontFront');
  const [stepRight, frontRight] = [stepLogSd * total('stepRight'), frontLogSd * total('frontRight')];
  const determinant = stepStep * frontFront - stepFront ** 2;
  return {
    stepLog: (stepLogSd * (frontFront * stepRight - stepFront * frontRight)) / determinant,
    stepLogSd: stepLogSd * Math.sqrt(frontFront / determinant),
    frontLog: (frontLogSd * (stepStep * frontRight - stepFront * stepRight)) / determinant,
    frontLogSd: frontLogSd * Math.sqrt(stepStep / determinant),
  };
}

/** The normal equations one run adds: their matrix over (a, b), and their right-hand side. */
interface Evidence {
  readonly stepStep: number;
  readonly stepFront: number;
  readonly frontFront: number;
  readonly stepRight: number;
  readonly frontRight: number;
}

/** Rows of a run, e_r integrated out by the Sherman–Morrison formula: every sum loses its part along s. */
function evidence(run: MeasuredRun, { stepTimeLogSd, metricLogSd }: LearntSpreads): Evidence {
  const rows = fittedRows(run);
  const weighted = (of: (row: UnseenResidual) => number): number =>
    rows.reduce((sum, row) => sum + of(row) / Math.max(MIN_ROW_LOG_SD, metricLogSd[row.metric] ?? 0) ** 2, 0);
  const stepStep = weighted((row) => row.stepSensitivity ** 2);
  const stepFront = weighted((row) => row.stepSensitivity * row.frontSensitivity);
  const stepRight = weighted((row) => row.stepSensitivity * row.logRatio);
  const lost = stepTimeLogSd ** 2 / (1 + stepTimeLogSd ** 2 * stepStep);
  return {
    stepStep: stepStep - lost * stepStep ** 2,
    stepFront: stepFront - lost * stepStep * stepFront,
    frontFront: weighted((row) => row.frontSensitivity ** 2) - lost * stepFront ** 2,
    stepRight: stepRight - lost * stepStep * stepRight,
    frontRight: weighted((row) => row.frontSensitivity * row.logRatio) - lost * stepFront * stepRight,
  };
}

/** Figures a correction is estimated from: of single load stages where there are any, as a whole run is their mixture. */
export function fittedRows({ residuals }: Pick<MeasuredRun, 'residuals'>): readonly UnseenResidual[] {
  const fitted = residuals.filter(({ metric }) => FITTED_METRICS.includes(metric));
  const stages = fitted.filter(({ stage }) => stage !== 'all');
  return stages.length > 0 ? stages : fitted;
}
