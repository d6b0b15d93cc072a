import { levenbergMarquardt } from 'ml-levenberg-marquardt';
import { inverse, Matrix } from 'ml-matrix';
import { TruelineError } from '../../errors.js';

/** A positive time predicted from parameters: `bind(p)` does what depends on `p` alone, the result is called per row. */
export type TimeModel = (parameters: readonly number[]) => (row: number) => number;

/** Rows of one operator family and the model of their time. */
export interface LogProblem {
  readonly count: number;
  /** Measured time of a row, in µs. */
  readonly us: (row: number) => number;
  /** Weight of a row's squared log error. */
  readonly weight: (row: number) => number;
  /** Rows of one shape are one observation: standard errors and folds keep them together. */
  readonly group: (row: number) => string;
  readonly model: TimeModel;
  readonly start: readonly number[];
  /** Smallest allowed values; 0 for an amount. */
  readonly least: readonly number[];
}

/** Log errors beyond this count linearly, not squared: a kernel switch of 30 % must not pull the whole curve. */
const SOFT_LOSS_SCALE = 0.1;
const REWEIGHTINGS = 15;
const STEPS_PER_REWEIGHTING = 4;
/** Relative gain in loss below which re-weighting has converged. */
const LEAST_GAIN = 1e-6;
const STEP_RATIO = 1e-6;

/** IRLS weight of the soft-L1 loss 2·(√(1 + (r/s)²) − 1). */
const softWeight = (logError: number): number => 1 / Math.sqrt(1 + (logError / SOFT_LOSS_SCALE) ** 2);

const unitOf = (start: readonly number[]): number[] => start.map((value) => Math.abs(value) || 1);

const logErrors = (problem: LogProblem, parameters: readonly number[]): Float64Array => {
  const predict = problem.model(parameters);
  return Float64Array.from({ length: problem.count }, (_, row) => Math.log(predict(row) / problem.us(row)));
};

/**
 * One round of Levenberg–Marquardt under fixed row weights. The library needs care (its `weights`, tolerance and difference
 * step are unsafe as shipped): weights are folded into data and model, parameters scaled to order 1, the tolerance is 0 and
 * few steps are taken per call, so that a bad step cannot survive the next one.
 */
function refine(problem: LogProblem, from: readonly number[], rootWeights: Float64Array): number[] {
  const unit = unitOf(problem.start);
  const rows = Array.from({ length: problem.count }, (_, row) => row);
  const logUs = Float64Array.from(rows, (row) => Math.log(problem.us(row)));
  const scaled = from.map((value, j) => value / unit[j]!);
  const result = levenbergMarquardt(
    { x: rows, y: rows.map(() => 0) },
    (q: number[]) => {
      const predict = problem.model(q.map((value, j) => value * unit[j]!));
      return (row: number) => rootWeights[row]! * (Math.log(predict(row)) - logUs[row]!);
    },
    {
      initialValues: scaled,
      minValues: problem.least.map((value, j) => value / unit[j]!),
      maxValues: scaled.map(() => 1e6),
      gradientDifference: scaled.map((value) => Math.max(Math.abs(value), 1e-3) * STEP_RATIO),
      errorTolerance: 0,
      maxIterations: STEPS_PER_REWEIGHTING,
      damping: 1e-3,
    },
  );
  return result.parameterValues.map((value, j) => value * unit[j]!);
}

/** The soft-L1 loss that re-weighted rounds lower. */
const softLoss = (problem: LogProblem, errors: Float64Array): number =>
  errors.reduce((sum, error, row) => sum + problem.weight(row) * (1 / softWeight(error) - 1), 0);

/** Parameters that minimise the soft-L1 loss of log errors. Deterministic; never below `least`. */
export function fitParameters(problem: LogProblem): readonly number[] {
  let parameters = problem.start;
  let errors = logErrors(problem, parameters);
  let loss = softLoss(problem, errors);
  for (let round = 0; round < REWEIGHTINGS; round += 1) {
    const roots = errors.map((error, row) => Math.sqrt(problem.weight(row) * softWeight(error)));
    const next = refine(problem, parameters, roots);
    const nextErrors = logErrors(problem, next);
    const nextLoss = softLoss(problem, nextErrors);
    if (!(nextLoss < loss)) break;
    const isDone = loss - nextLoss <= LEAST_GAIN * loss;
    [parameters, errors, loss] = [next, nextErrors, nextLoss];
    if (isDone) break;
  }
  if (Number.isFinite(loss)) return parameters;
  throw new TruelineError('FIT_INVALID', 'the kernel fit diverged', {
    hint: 'Look for points whose times are orders of magnitude off.',
  });
}

/** ∂ log time/∂ parameter of every row, shape [count × parameters], one-sided differences. */
function logJacobian(problem: LogProblem, parameters: readonly number[]): Matrix {
  const jacobian = new Matrix(problem.count, parameters.length);
  const at = logErrors(problem, parameters);
  for (const [j, value] of parameters.entries()) {
    const step = Math.max(Math.abs(value), 1e-3 * Math.abs(problem.start[j]!), 1e-6) * 1e-5;
    const moved = logErrors(problem, parameters.with(j, value + step));
    for (let row = 0; row < problem.count; row += 1) jacobian.set(row, j, (moved[row]! - at[row]!) / step);
  }
  return jacobian;
}

/** Sandwich standard errors with one score per group (rows of a shape share their kernel choice, so they are not independent). */
export function clusteredStandardErrors(problem: LogProblem, parameters: readonly number[]): number[] {
  const jacobian = logJacobian(problem, parameters);
  const errors = logErrors(problem, parameters);
  const free = parameters.map((_, j) => j).filter((j) => isFree(problem, parameters, jacobian, j));
  const curvature = Matrix.zeros(free.length, free.length);
  const scores = new Map<string, Float64Array>();
  for (let row = 0; row < problem.count; row += 1) {
    const weight = problem.weight(row) * softWeight(errors[row]!);
    const group = problem.group(row);
    const score = scores.get(group) ?? new Float64Array(free.length);
    scores.set(group, score);
    for (const [a, j] of free.entries()) {
      const slope = weight * jacobian.get(row, j);
      score[a]! += slope * errors[row]!;
      for (const [b, k] of free.entries())
        curvature.set(a, b, curvature.get(a, b) + slope * jacobian.get(row, k));
    }
  }
  return spread(parameters.length, free, curvature, [...scores.values()]);
}

function isFree(problem: LogProblem, parameters: readonly number[], jacobian: Matrix, j: number): boolean {
  if (parameters[j]! <= problem.least[j]!) return false;
  return jacobian.getColumn(j).some((slope) => slope !== 0);
}

function spread(
  size: number,
  free: readonly number[],
  curvature: Matrix,
  scores: readonly Float64Array[],
): number[] {
  const errors = Array.from({ length: size }, () => 0);
  if (free.length === 0) return errors;
  const inverted = inverse(curvature, true);
  const meat = Matrix.zeros(free.length, free.length);
  for (const score of scores) {
    for (let a = 0; a < free.length; a += 1) {
      for (let b = 0; b < free.length; b += 1) meat.set(a, b, meat.get(a, b) + score[a]! * score[b]!);
    }
  }
  const covariance = inverted.mmul(meat).mmul(inverted);
  for (const [a, j] of free.entries()) errors[j] = Math.sqrt(Math.max(0, covariance.get(a, a)));
  return errors;
}
