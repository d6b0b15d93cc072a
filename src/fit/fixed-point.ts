import type { Experiment } from '../trace/experiment.js';
import { largestOf, type LargestBatch } from '../trace/largest-batch.js';
import type { Diagnostic } from '../trace/trace.js';
import type { Linearised } from './benchmark-rows.js';
import type { FitIteration } from './fit-result.js';
import { RowCollector, type FitRows, type GroupDrops } from './fit-rows.js';
import { coefficientsByName, type TermLayout } from './fit-terms.js';
import { solveFit, type FitSolution, type ResolvedSolveOptions } from './solve-fit.js';

/** Progress of a fit through the simulator, for people watching. */
export interface FitProgress {
  readonly iteration: number;
  readonly maxIterations: number;
  readonly experiment: string;
}

export interface FixedPointProblem {
  readonly layout: TermLayout;
  readonly experiments: readonly Experiment[];
  readonly linearise: (experiment: Experiment, coefficients: Float64Array) => Linearised;
  readonly start: Float64Array;
  readonly solve: ResolvedSolveOptions;
  readonly maxIterations: number;
  readonly onProgress?: (progress: FitProgress) => void;
}

export interface FixedPoint {
  /** Rows and solution of the last pass; its coefficients are the fitted ones. */
  readonly rows: FitRows;
  readonly solution: FitSolution;
  readonly iterations: readonly FitIteration[];
  readonly diagnostics: readonly Diagnostic[];
  readonly droppedByGroup: readonly GroupDrops[];
  readonly largestBatch: LargestBatch;
}

/** Timelines move with the coefficients, so the first steps go half-way. */
const DAMPED_ITERATIONS = 2;
const DAMPING_RATIO = 0.5;
/** Relative change of every prediction below which a further pass is pointless: repeated runs differ by 0.3 % and more. */
const FIXED_POINT_RATIO = 2e-3;

/**
 * Simulates, linearises, solves and repeats until the predictions stand still. Errors as `solveFit`.
 * A fit that is still moving after the last pass says so in its diagnostics.
 */
export function iterateToFixedPoint(problem: FixedPointProblem): FixedPoint {
  const { layout, maxIterations } = problem;
  const iterations: FitIteration[] = [];
  let coefficients = problem.start;
  for (let iteration = 1; ; iteration++) {
    const { collector, largest } = collectRows(problem, coefficients, iteration);
    const rows = collector.rows();
    const solution = solveFit({ layout, rows }, problem.solve);
    const next = stepTowards(coefficients, solution.x, iteration);
    const largestChangeRatio = largestChange(rows, coefficients, solution.x);
    coefficients = next;
    iterations.push({
      iteration,
      largestChangeRatio,
      coefficients: coefficientsByName(layout, coefficients),
    });
    const still = largestChangeRatio <= FIXED_POINT_RATIO;
    if (!still && iteration < maxIterations) continue;
    const diagnostics = collector.diagnostics();
    return {
      rows,
      solution,
      iterations,
      largestBatch: largest,
      droppedByGroup: collector.droppedByGroup(),
      diagnostics: still ? diagnostics : [...diagnostics, notConverged(largestChangeRatio)],
    };
  }
}

function collectRows(
  problem: FixedPointProblem,
  coefficients: Float64Array,
  iteration: number,
): { readonly collector: RowCollector; readonly largest: LargestBatch } {
  const { layout, maxIterations, onProgress } = problem;
  const collector = new RowCollector(layout);
  const batches: LargestBatch[] = [];
  for (const experiment of problem.experiments) {
    onProgress?.({ iteration, maxIterations, experiment: experiment.id });
    const { rows, dropped, largestBatch } = problem.linearise(experiment, coefficients);
    batches.push(largestBatch);
    for (const row of rows) collector.add(row);
    for (const reason of dropped) collector.drop(experiment.id, reason);
  }
  return { collector, largest: largestOf(batches) };
}

function stepTowards(from: Float64Array, to: Float64Array, iteration: number): Float64Array {
  const ratio = iteration <= DAMPED_ITERATIONS ? DAMPING_RATIO : 1;
  return from.map((value, column) => value + ratio * (to[column]! - value));
}

/** Largest relative change of a row's prediction between two sets of coefficients. */
function largestChange({ count, columns, values }: FitRows, from: Float64Array, to: Float64Array): number {
  let largest = 0;
  for (let row = 0; row < count; row++) {
    let change = 0;
    for (let j = 0; j < columns; j++) change += values[row * columns + j]! * (to[j]! - from[j]!);
    largest = Math.max(largest, Math.abs(change));
  }
  return largest;
}

const notConverged = (largestChangeRatio: number): Diagnostic => ({
  code: 'FIT_NOT_CONVERGED',
  kind: 'doubt',
  count: 1,
  message: `predictions still moved by ${(100 * largestChangeRatio).toFixed(2)} % in the last pass`,
});
