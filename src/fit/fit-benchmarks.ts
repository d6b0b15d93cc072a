import type { Experiment } from '../trace/experiment.js';
import { TruelineError } from '../errors.js';
import { assembleResult } from './assemble-result.js';
import { benchmarkErrors } from './benchmark-errors.js';
import { linearise, type Benchmarks } from './benchmark-rows.js';
import type { FitResult } from './fit-result.js';
import { freeValues, layOutTerms, priorMeans, type PriorOverrides } from './fit-terms.js';
import { iterateToFixedPoint, type FitProgress, type FixedPoint } from './fixed-point.js';
import { splitRuns, type RunSplit } from './run-split.js';
import { residualsByRow } from './row-errors.js';
import { resolveSolveOptions, type ResolvedSolveOptions, type SolveOptions } from './solve-fit.js';

export interface BenchmarkFitOptions extends SolveOptions {
  readonly priors?: PriorOverrides;
  /** Ids of experiments that only score the fit. */
  readonly heldOut?: readonly string[];
  /** One simulation per seed and experiment, pooled. Defaults to one. */
  readonly seeds?: readonly number[];
  /** Coefficients of the first timelines, by name. Near the answer they save passes. Defaults to the prior means. */
  readonly start?: Readonly<Record<string, number>>;
  /** Passes through the simulator. Defaults to 8. */
  readonly maxIterations?: number;
  /** Called before every simulation of a pass. */
  readonly onProgress?: (progress: FitProgress) => void;
}

/** Experiments to fit, and the simulator to do it with. */
export interface BenchmarkFitInput extends Omit<Benchmarks, 'layout' | 'seeds'> {
  readonly experiments: readonly Experiment[];
}

/** A fit of benchmarks before it is scored. */
export interface BenchmarkFit {
  readonly benchmarks: Benchmarks;
  readonly split: RunSplit<Experiment>;
  readonly solve: ResolvedSolveOptions;
  readonly fixedPoint: FixedPoint;
}

const DEFAULT_SEEDS = [1];
const DEFAULT_MAX_ITERATIONS = 8;

/**
 * Fits step and front-end terms to the published means of benchmark runs: simulate with the current coefficients, freeze
 * the timelines, solve, repeat to a fixed point. Errors are those of a last simulation with the final coefficients.
 * @throws FIT_INVALID for an experiment of the test split that is not held out; as `splitRuns`, `linearise`, `solveFit`
 */
export function fitBenchmarks(input: BenchmarkFitInput, options: BenchmarkFitOptions = {}): FitResult {
  const { benchmarks, split, solve, fixedPoint } = solveBenchmarks(input, options);
  const { basis, layout } = benchmarks;
  const fit = { basis: basis.name, route: 'benchmarks' as const, layout, options: solve };
  return {
    ...assembleResult({ ...fit, ...fixedPoint }),
    residuals: residualsByRow(fixedPoint.rows, fixedPoint.solution),
    groupsHeldOut: split.heldOut.map((experiment) => experiment.id),
    trainErrors: benchmarkErrors(benchmarks, split.used, fixedPoint.solution.x),
    heldOutErrors: benchmarkErrors(benchmarks, split.heldOut, fixedPoint.solution.x),
    iterations: fixedPoint.iterations,
  };
}

/**
 * `fitBenchmarks` up to the solution.
 * @param over with `all`, experiments of the test split are taken too: for cross-validation only, which keeps no coefficients
 */
export function solveBenchmarks(
  input: BenchmarkFitInput,
  options: BenchmarkFitOptions,
  over: 'train' | 'all' = 'train',
): BenchmarkFit {
  const split = splitRuns(input.experiments, options.heldOut);
  if (over === 'train') refuseTestSplit(split.used);
  const layout = layOutTerms(input.basis, options.priors);
  const benchmarks: Benchmarks = { ...input, layout, seeds: options.seeds ?? DEFAULT_SEEDS };
  const solve = resolveSolveOptions(options);
  const fixedPoint = iterateToFixedPoint({
    layout,
    experiments: split.used,
    linearise: (experiment, coefficients) => linearise(benchmarks, experiment, coefficients),
    start: options.start === undefined ? priorMeans(layout) : freeValues(layout, options.start),
    solve,
    maxIterations: options.maxIterations ?? DEFAULT_MAX_ITERATIONS,
    ...(options.onProgress && { onProgress: options.onProgress }),
  });
  return { benchmarks, split, solve, fixedPoint };
}

/** @throws FIT_INVALID when an experiment to fit is of the test split */
export function refuseTestSplit(used: readonly Experiment[]): void {
  const test = used.find((experiment) => experiment.split === 'test');
  if (test === undefined) return;
  throw new TruelineError(
    'FIT_INVALID',
    `experiment "${test.id}" is of the test split: it must not be fitted`,
    {
      hint: 'Fit the train split only, or list it as held out.',
    },
  );
}
