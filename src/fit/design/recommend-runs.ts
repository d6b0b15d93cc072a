import type { CoefficientSet } from '../../coefficients/coefficient-set.js';
import { entryValues } from '../../coefficients/price.js';
import { recordedCovariance } from '../../coefficients/recorded-covariance.js';
import type { Experiment } from '../../trace/experiment.js';
import type { Benchmarks } from '../benchmark-rows.js';
import type { BenchmarkFitInput } from '../fit-benchmarks.js';
import { freeValues, layOutTerms } from '../fit-terms.js';
import { planRun, type PlannedRun, type RunCost } from './planned-run.js';
import { knownMisfit, knownPrecision } from './prior-design.js';
import { rankRuns, targetSdBefore, type DesignCriterion, type RankedRun } from './rank-runs.js';

/** A run that could be measured. */
export interface Candidate extends RunCost {
  readonly experiment: Experiment;
}

/** What is known, what could be measured, and what is to be predicted. */
export interface RunChoice {
  /** Its values are the best guess; its covariance, where it records one, what is known before. */
  readonly set: CoefficientSet;
  readonly candidates: readonly Candidate[];
  readonly targets: readonly Experiment[];
  readonly criterion: DesignCriterion;
  /** How many runs to choose; all are ranked without it. */
  readonly batch?: number;
}

/** Runs in the order in which to measure them. */
export interface Recommendation {
  readonly criterion: DesignCriterion;
  /** Relative spread of the targets' figures from the coefficients, before any run. */
  readonly targetSdBeforeRatio: number;
  readonly runs: readonly RankedRun[];
}

/** Ranks candidates by what they would teach about the targets. @throws as `planRun` and `rankRuns` */
export function recommendRuns(
  input: BenchmarkFitInput,
  { set, candidates, targets, criterion, batch }: RunChoice,
): Recommendation {
  const layout = layOutTerms(input.basis);
  const benchmarks: Benchmarks = { ...input, layout, seeds: [1] };
  const values = freeValues(layout, entryValues(set));
  const plan = (experiment: Experiment, cost?: RunCost): PlannedRun =>
    planRun(benchmarks, experiment, values, cost);
  const design = {
    precision: knownPrecision(layout, recordedCovariance(set)),
    misfit: knownMisfit(set.basis),
    targets: targets.map((target) => plan(target).rows),
  };
  const runs = candidates.map(({ experiment, ...cost }) => plan(experiment, cost));
  return {
    criterion,
    targetSdBeforeRatio: targetSdBefore(design),
    runs: rankRuns(design, runs, criterion, batch),
  };
}
