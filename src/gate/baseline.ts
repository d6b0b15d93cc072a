import type { MetricName, StageKey } from '../trace/metrics.js';
import type { ExperimentResult, ValidationResult, ValidationRow } from '../validate/index.js';

/** One figure of a baseline. */
export type BaselineFigure = Pick<
  ValidationRow,
  'experiment' | 'stage' | 'metric' | 'measuredMs' | 'predictedMs' | 'seedSpreadPct'
>;

/** What an experiment is, as far as the gate groups by it; `seeds` is how often it was replayed. */
export type BaselineExperiment = Pick<
  ExperimentResult,
  'experiment' | 'split' | 'model' | 'gpu' | 'workload' | 'seeds'
>;

/** Why a baseline is what it is: one entry per time it was written. */
export interface BaselineUpdate {
  readonly reason: string;
  readonly coefficientSet: string;
  /** Figures, and how many of them differ from the baseline before (all of them, for the first). */
  readonly figures: number;
  readonly changed: number;
  /** Whether errors had grown beyond noise when it was accepted; absent for the first. */
  readonly fidelity?: 'pass' | 'fail';
}

/** A validation that was accepted as what Trueline can do: later ones are held against it. */
export interface Baseline {
  readonly formatVersion: 1;
  readonly suite: string;
  readonly coefficientSet: string;
  readonly basis: string;
  readonly seeds: readonly number[];
  /** Newest last. */
  readonly updates: readonly BaselineUpdate[];
  readonly experiments: readonly BaselineExperiment[];
  readonly figures: readonly BaselineFigure[];
}

/** What names a figure inside a suite. */
export const figureKey = (figure: {
  readonly experiment: string;
  readonly stage: StageKey;
  readonly metric: MetricName;
}): string => JSON.stringify([figure.experiment, figure.stage, figure.metric]);

/** What of a validation a baseline keeps. */
export function toBaseline(result: ValidationResult, updates: readonly BaselineUpdate[]): Baseline {
  return {
    formatVersion: 1,
    suite: result.suite,
    coefficientSet: result.coefficientSet,
    basis: result.basis,
    seeds: result.seeds,
    updates,
    experiments: result.experiments.map(({ experiment, split, model, gpu, workload, seeds }) => ({
      experiment,
      split,
      model,
      gpu,
      workload,
      seeds,
    })),
    figures: result.rows.map(({ experiment, stage, metric, measuredMs, predictedMs, seedSpreadPct }) => ({
      experiment,
      stage,
      metric,
      measuredMs,
      predictedMs,
      ...(seedSpreadPct !== undefined && { seedSpreadPct }),
    })),
  };
}
