import { priceWith } from '../../coefficients/price.js';
import { correctLatency, NO_CORRECTION } from '../../coefficients/step-correction.js';
import { frontEndSdUs, stepTimeSdRatio } from '../../coefficients/step-time-sd.js';
import type { CoefficientCovariance } from '../../coefficients/uncertainty.js';
import type { Experiment } from '../../trace/experiment.js';
import { groupMetrics, METRIC_NAMES, type MetricName, type StageKey } from '../../trace/metrics.js';
import type { Trace } from '../../trace/trace.js';
import { usToMs } from '../../units.js';
import type { Benchmarks } from '../benchmark-rows.js';

/** One measured figure beside its prediction from a fit that never saw its model. */
export interface UnseenResidual {
  readonly model: string;
  readonly experiment: string;
  readonly stage: StageKey;
  readonly metric: MetricName;
  /** ln(measured ÷ predicted). */
  readonly logRatio: number;
  /** Change of ln(predicted) per change of ln(all step times), measured by replay. */
  readonly stepSensitivity: number;
  /** Relative spread of the run's step times from the coefficients' covariance. */
  readonly coefficientSd: number;
  /** Spread of the front end's delay ÷ the predicted figure. */
  readonly frontSd: number;
  /** Change of ln(predicted) per change of ln(the front end's delays): their share of the figure. */
  readonly frontSensitivity: number;
}

/** Steps are made slower and faster by this factor to see what a figure makes of it: the size of a usual error. */
const PROBE_RATIO = 1.03;

/** A model kept out of a fit, and what was fitted without it. */
export interface UnseenFold {
  readonly experiments: readonly Experiment[];
  /** By name. */
  readonly coefficients: Readonly<Record<string, number>>;
}

/** What it takes to replay experiments. */
export type Replays = Omit<Benchmarks, 'layout'>;

/** Replays the experiments of a fold thrice (as fitted, steps slower, steps faster) beside what was measured. */
export const unseenResiduals = (
  replays: Replays,
  fold: UnseenFold,
  covariance: CoefficientCovariance,
): readonly UnseenResidual[] =>
  fold.experiments.flatMap((experiment) =>
    experimentResiduals(replays, experiment, fold.coefficients, covariance),
  );

function experimentResiduals(
  { basis, contextOf, simulate, seeds }: Replays,
  experiment: Experiment,
  coefficients: UnseenFold['coefficients'],
  covariance: CoefficientCovariance,
): UnseenResidual[] {
  const context = contextOf(experiment);
  const latency = priceWith(basis, coefficients, context);
  const run = (stepScaleRatio: number): Trace =>
    simulate(experiment, correctLatency(latency, { ...NO_CORRECTION, stepScaleRatio }), seeds[0]!);
  const [trace, slower, faster] = [run(1), run(PROBE_RATIO), run(1 / PROBE_RATIO)];
  const coefficientSd =
    trace.steps === undefined ? 0 : stepTimeSdRatio(basis, coefficients, covariance, context, trace.steps);
  const frontMs = usToMs(latency.frontBeforeUs + latency.frontAfterUs);
  const frontSdMs = usToMs(frontEndSdUs(basis, covariance));
  return experiment.measured.flatMap(({ stage, metrics: measured }) => {
    const [at, up, down] = [trace, slower, faster].map((each) => groupMetrics(each, stage).metrics);
    return METRIC_NAMES.flatMap((metric) => {
      const [m, p, pUp, pDown] = [measured[metric], at![metric], up![metric], down![metric]];
      if (!(m! > 0 && p! > 0 && pUp! > 0 && pDown! > 0)) return [];
      return {
        model: experiment.model,
        experiment: experiment.id,
        stage,
        metric,
        logRatio: Math.log(m! / p!),
        stepSensitivity: Math.log(pUp! / pDown!) / (2 * Math.log(PROBE_RATIO)),
        coefficientSd,
        frontSd: metric === 'itlMeanMs' ? 0 : frontSdMs / p!,
        frontSensitivity: metric === 'itlMeanMs' ? 0 : frontMs / p!,
      };
    });
  });
}
