import { summariseErrors, type ErrorSummary } from '../../stats/relative-error.js';
import { fitParameters, type LogProblem } from './fit-log-model.js';

/** Whole groups are dealt into this many folds. */
const FOLDS = 5;

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
export function foldsByGroup(problem: LogProblem): Int32Array {
  const fold = new Map<string, number>();
  return Int32Array.from({ length: problem.count }, (_, row) => {
    const group = problem.group(row);
    const known = fold.get(group) ?? fold.size % FOLDS;
    fold.set(group, known);
    return known;
  });
}

/** Time of every row predicted by a fit that saw no row of its group, shape [count]. */
export function heldOutUs(problem: LogProblem, start: readonly number[]): Float64Array {
  const folds = foldsByGroup(problem);
  const out = new Float64Array(problem.count);
  const rows = Array.from(folds.keys());
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const held = rows.filter((row) => folds[row] === fold);
    const kept = rows.filter((row) => folds[row] !== fold);
    if (held.length === 0 || kept.length === 0) continue;
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
