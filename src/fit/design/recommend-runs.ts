import type { CoefficientSet } from '../../coefficients/coefficient-set.js';
import type { Experiment } from '../../trace/experiment.js';
import type { Benchmarks } from '../benchmark-rows.js';
import type { BenchmarkFitInput } from '../fit-benchmarks.js';
import { freeValues, layOutTerms } from '../fit-terms.js';
import { planRun, type PlannedRun } from './planned-run.js';
import { DESIGN_NOISE_RATIO, knownPrecision } from './prior-design.js';
import { rankRuns, targetSdBefore, type DesignCriterion, type RankedRun } from './rank-runs.js';

/** What is known, what could be measured, and what is to be predicted. */
export interface RunChoice {
  /** Its values are the best guess; its covariance, where it records one, what is known before. */
  readonly set: CoefficientSet;
  readonly candidates: readonly Experiment[];
  readonly targets: readonly Experiment[];
  readonly criterion: DesignCriterion;
}

/** Runs in the order in which to measure them. */
export interface Recommendation {
  readonly criterion: DesignCriterion;
  /** Relative spread of the targets' figures from the coefficients, before any run. */
  readonly targetSdBeforeRatio: number;
  readonly runs: readonly RankedRun[];
}

/** Ranks candidates by what they would teach about the targets. @throws as `planRun` */
export function recommendRuns(
  input: BenchmarkFitInput,
  { set, candidates, targets, criterion }: RunChoice,
): Recommendation {
  const layout = layOutTerms(input.basis);
  const benchmarks: Benchmarks = { ...input, layout, seeds: [1] };
  const values = Object.fromEntries(Object.entries(set.entries).map(([name, { value }]) => [name, value]));
  const plan = (experiment: Experiment): PlannedRun =>
    planRun(benchmarks, experiment, freeValues(layout, values));
  const design = {
    precision: knownPrecision(layout, set.uncertainty?.covariance),
    noiseRatio: DESIGN_NOISE_RATIO,
    targets: targets.map((target) => plan(target).rows),
  };
  return {
    criterion,
    targetSdBeforeRatio: targetSdBefore(design),
    runs: rankRuns(design, candidates.map(plan), criterion),
  };
}
