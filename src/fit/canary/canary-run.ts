import type { CoefficientSet } from '../../coefficients/coefficient-set.js';
import type { PredictionUncertainty } from '../../coefficients/uncertainty.js';
import type { Experiment } from '../../trace/experiment.js';
import { measureRuns } from '../corrections/measured-runs.js';
import type { BenchmarkFitInput } from '../fit-benchmarks.js';
import { CANARY_METRICS, figureOf, type CanaryFigure } from './canary-figure.js';
import { CANARY_SEEDS, canaryRows, servedValues, type CanaryRow } from './canary-rows.js';

/** A new run and what a set predicts of it. */
export interface CanaryRun {
  readonly experiment: string;
  /** Model, GPU, tensor-parallel size and engine version: what such runs have in common, an error of the set has too. */
  readonly configuration: string;
  readonly figures: readonly CanaryFigure[];
  readonly rows: readonly CanaryRow[];
}

/**
 * Replays an experiment four times (as predicted, steps slower, steps faster, and term by term) with a set as it is, its
 * correction included, beside what was measured.
 */
export function canaryRun(
  input: BenchmarkFitInput,
  experiment: Experiment,
  set: CoefficientSet,
  uncertainty: PredictionUncertainty,
): CanaryRun {
  const context = input.contextOf(experiment);
  const coefficients = servedValues(input.basis, set, context);
  const fold = { experiments: [experiment], coefficients };
  const [run] = measureRuns({ ...input, seeds: CANARY_SEEDS }, fold, uncertainty.covariance);
  const rows = canaryRows(input, experiment, coefficients);
  const known = {
    rows,
    stepTerms: new Set(input.basis.terms.map(({ name }) => name)),
    uncertainty,
    ttftRatio: ttftRatio(experiment),
  };
  const { arch, gpu, server } = context;
  return {
    experiment: experiment.id,
    configuration: `${arch.name} on ${gpu.name} x${server.tensorParallelSize}, vLLM ${server.engineVersion}`,
    figures: CANARY_METRICS.flatMap((metric) => figureOf(metric, run?.residuals ?? [], known)),
    rows,
  };
}

/** Share of the TTFT in the E2E of a run as measured; 0 when one of the two was not. */
function ttftRatio({ measured }: Experiment): number {
  const metrics = (measured.find(({ stage }) => stage === 'all') ?? measured[0])?.metrics;
  return metrics?.ttftMeanMs === undefined || metrics.e2eMeanMs === undefined
    ? 0
    : metrics.ttftMeanMs / metrics.e2eMeanMs;
}
