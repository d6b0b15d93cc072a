import { summariseErrors, type PredictedPair } from '../stats/relative-error.js';
import { ROW_KINDS, type FitRows } from './fit-rows.js';
import type { GroupErrors, RowResidual } from './fit-result.js';
import type { FitSolution } from './solve-fit.js';

/** Name of the pseudo-group that pools all groups. */
export const ALL_GROUPS = 'all';

/** Errors by kind over all groups, then by group and kind; groups in order of appearance, kinds as in ROW_KINDS. */
export function errorsOfRows(rows: FitRows, residualRatios: Float64Array): readonly GroupErrors[] {
  const pools = new Map<string, PredictedPair[]>();
  for (let row = 0; row < rows.count; row++) {
    const observed = rows.observedUs[row]!;
    const pair = { measured: observed, predicted: observed * (1 + residualRatios[row]!) };
    for (const group of [-1, rows.groups[row]!]) {
      const key = poolKey(group, rows.kinds[row]!);
      const pool = pools.get(key);
      if (pool === undefined) pools.set(key, [pair]);
      else pool.push(pair);
    }
  }
  return [ALL_GROUPS, ...rows.groupNames].flatMap((group, index) =>
    ROW_KINDS.flatMap((kind, kindIndex) => {
      const pool = pools.get(poolKey(index - 1, kindIndex));
      return pool === undefined ? [] : [{ group, kind, errors: summariseErrors(pool) }];
    }),
  );
}

const poolKey = (group: number, kind: number): string => `${group}/${kind}`;

/** Every row of a solved fit with its error and weight. */
export const residualsByRow = (rows: FitRows, solution: FitSolution): readonly RowResidual[] =>
  Array.from(rows.kinds, (kind, row) => ({
    group: rows.groupNames[rows.groups[row]!]!,
    kind: ROW_KINDS[kind]!,
    observedUs: rows.observedUs[row]!,
    errorPct: 100 * solution.residualRatios[row]!,
    weight: rows.weights[row]!,
    robustness: solution.robustness[row]!,
  }));
