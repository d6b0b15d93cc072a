import { basisByName } from '../../basis/basis-by-name.js';
import type { BasisContext } from '../../basis/basis-set.js';
import type { CoefficientSet } from '../../coefficients/coefficient-set.js';
import { correctLatency, latencyModel, NO_CORRECTION } from '../../coefficients/index.js';
import { frontEndSdUs, stepTimeSdRatio } from '../../coefficients/step-time-sd.js';
import { INTERVAL_SDS, type PredictionUncertainty } from '../../coefficients/uncertainty.js';
import { simulate, type RequestTable } from '../../engine/index.js';
import {
  groupMetrics,
  METRIC_NAMES,
  traceStages,
  type MetricName,
  type StageKey,
} from '../../trace/metrics.js';
import type { Trace } from '../../trace/trace.js';
import { usToMs } from '../../units.js';

/** Log ratios of figures, by metric. */
type LogRatios = Readonly<Partial<Record<MetricName, number>>>;

/** What the uncertainty of step times and front end makes of one stage's figures. */
export interface StageSpread {
  readonly stage: StageKey;
  /** ln(figure with slower steps ÷ figure as predicted); steps are slower by the upper end of their 90 % interval. */
  readonly slowerLogRatio: LogRatios;
  /** The same with steps faster by the lower end. */
  readonly fasterLogRatio: LogRatios;
  /** Standard deviation of the front end's delay ÷ the figure. */
  readonly frontLogSd: LogRatios;
}

/** A simulated run, and what it takes to run it again with other step times. */
export interface SpreadInput {
  readonly set: CoefficientSet;
  readonly context: BasisContext;
  readonly requests: RequestTable;
  /** The run as predicted; without steps, the coefficients' own uncertainty is left out. */
  readonly trace: Trace;
}

/**
 * Replays a run with all steps slower, and faster, by an end of the 90 % interval of the step time. Near the knee a step
 * time a few percent off is a waiting time far off, and only a replay says how far.
 * @returns nothing when the set does not say how uncertain it is
 */
export function stageSpreads({ set, context, requests, trace }: SpreadInput): readonly StageSpread[] {
  const { uncertainty } = set;
  if (uncertainty === undefined) return [];
  const latency = latencyModel(set, context);
  const endRatio = Math.exp(INTERVAL_SDS * stepTimeLogSd(set, uncertainty, context, trace));
  const rerun = (stepScaleRatio: number): Trace =>
    simulate({ ...context, requests, latency: correctLatency(latency, { ...NO_CORRECTION, stepScaleRatio }) })
      .trace;
  const [slower, faster] = [rerun(endRatio), rerun(1 / endRatio)];
  const frontSdMs = usToMs(frontEndSdUs(basisByName(set.basis), uncertainty.covariance));
  const stages: readonly StageKey[] = ['all', ...traceStages(trace.requests)];
  return stages.map((stage) => {
    const figures = groupMetrics(trace, stage).metrics;
    const logRatios = (other: Trace): LogRatios => {
      const changed = groupMetrics(other, stage).metrics;
      return ofFigures(figures, (ms, metric) => Math.log((changed[metric] ?? ms) / ms));
    };
    return {
      stage,
      slowerLogRatio: logRatios(slower),
      fasterLogRatio: logRatios(faster),
      frontLogSd: ofFigures(figures, (ms, metric) => (metric === 'itlMeanMs' ? 0 : frontSdMs / ms)),
    };
  });
}

/** Of the run's step times together: what the coefficients leave open, and what was seen on models left out. */
function stepTimeLogSd(
  set: CoefficientSet,
  { covariance, stepTimeLogSd: unseen }: PredictionUncertainty,
  context: BasisContext,
  { steps }: Trace,
): number {
  if (steps === undefined) return unseen;
  const values = Object.fromEntries(Object.entries(set.entries).map(([name, { value }]) => [name, value]));
  return Math.hypot(unseen, stepTimeSdRatio(basisByName(set.basis), values, covariance, context, steps));
}

function ofFigures(figures: LogRatios, change: (ms: number, metric: MetricName) => number): LogRatios {
  return Object.fromEntries(
    METRIC_NAMES.flatMap((metric) => {
      const ms = figures[metric];
      return ms !== undefined && ms > 0 ? [[metric, change(ms, metric)]] : [];
    }),
  );
}
