import type { MeasuredRun } from '../../../src/fit/corrections/measured-runs.js';
import type { MetricName, StageKey } from '../../../src/trace/metrics.js';
import { toyBenchmark } from '../toy-benchmark.js';

const EXPERIMENT = toyBenchmark('run', { layers: 10, gapsUs: [20_000], promptTokens: 10 });

/** One made-up figure: how far it is off, and what it makes of steps and front end. */
export interface MadeUpFigure {
  readonly metric: MetricName;
  readonly logRatio: number;
  readonly stepSensitivity?: number;
  readonly frontSensitivity?: number;
  readonly stage?: StageKey;
}

/** A run with made-up figures under a made-up load. */
export const madeUpRun = (
  id: string,
  workloadName: string,
  figures: readonly MadeUpFigure[],
): MeasuredRun => ({
  experiment: { ...EXPERIMENT, id, workloadName },
  residuals: figures.map((figure) => ({
    model: EXPERIMENT.model,
    experiment: id,
    stage: 'all',
    stepSensitivity: 1,
    frontSensitivity: 0,
    coefficientSd: 0,
    frontSd: 0,
    ...figure,
  })),
});

/** A run whose figures are off by what a correction of steps and front end explains, plus `offLog`. */
export const plantedRun = (
  id: string,
  workloadName: string,
  planted: { readonly stepLog: number; readonly frontLog: number },
  offLog = 0,
): MeasuredRun =>
  madeUpRun(id, workloadName, [
    { metric: 'itlMeanMs', logRatio: planted.stepLog + offLog },
    {
      metric: 'ttftMeanMs',
      stepSensitivity: 1.5,
      frontSensitivity: 0.3,
      logRatio: 1.5 * (planted.stepLog + offLog) + 0.3 * planted.frontLog,
    },
  ]);
