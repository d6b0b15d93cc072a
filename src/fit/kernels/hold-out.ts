import { TruelineError } from '../../errors.js';
import { summariseErrors, type ErrorSummary } from '../../stats/relative-error.js';
import { fitParameters, type LogProblem } from './fit-log-model.js';

/** Up to this many groups are left out one by one … */
const MOST_LEFT_OUT_SINGLY = 12;
/** … more are dealt into this many folds. */
const FOLDS = 5;

const foldCount = (groups: number): number => (groups <= MOST_LEFT_OUT_SINGLY ? groups : FOLDS);

/** A problem seen through some of its rows. */
export function restrict(problem: LogProblem, rows: readonly number[]): LogProblem {
  return {
    ...problem,
    count: rows.length,
    us: (row) => problem.us(rows[row]!),
    weight: (row) => problem.weight(rows[row]!),
    group: (row) => problem.group(rows[row]!),
    model: (parameters) => {
      const predict = problem.model(parameters);
      return (row) => predict(rows[row]!);
    },
  };
}

/** Fold of every row: groups in order of first appearance are dealt round robin, so neighbours land in different folds. */
function foldsByGroup(problem: LogProblem): Int32Array {
  const order = new Map<string, number>();
  for (let row = 0; row < problem.count; row += 1) {
    const group = problem.group(row);
    if (!order.has(group)) order.set(group, order.size);
  }
  const folds = foldCount(order.size);
  return Int32Array.from({ length: problem.count }, (_, row) => order.get(problem.group(row))! % folds);
}

/** Time of every row predicted by a fit that saw no row of its group, shape [count]. */
export function heldOutUs(problem: LogProblem, start: readonly number[]): Float64Array {
  const folds = foldsByGroup(problem);
  const out = new Float64Array(problem.count);
  const rows = Array.from(folds.keys());
  const distinct = new Set(folds);
  if (distinct.size < 2) {
    throw new TruelineError(
      'FIT_INVALID',
      'a kernel sweep of a single shape leaves none to check the fit on',
      {
        hint: 'Measure at least two shapes of every operator.',
      },
    );
  }
  for (const fold of distinct) {
    const held = rows.filter((row) => folds[row] === fold);
    const kept = rows.filter((row) => folds[row] !== fold);
    const predict = problem.model(fitParameters({ ...restrict(problem, kept), start }));
    for (const row of held) out[row] = predict(row);
  }
  return out;
}

/** Errors of predicted against measured times. */
export function errorsOf(problem: LogProblem, predictedUs: (row: number) => number): ErrorSummary {
  return summariseErrors(
    Array.from({ length: problem.count }, (_, row) => ({
      measured: problem.us(row),
      predicted: predictedUs(row),
    })),
  );
}
