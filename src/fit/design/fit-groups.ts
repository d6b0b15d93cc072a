import { rowsOfGroups, type FitRows } from '../fit-rows.js';
import { priorMeans, type TermLayout } from '../fit-terms.js';
import { resolveSolveOptions, solveCoefficients } from '../solve-fit.js';

/** Coefficients fitted to some groups of rows, the prior means where that is nothing. Errors as `solveCoefficients`. */
export function fitGroups(
  layout: TermLayout,
  rows: FitRows,
  isWanted: (group: string) => boolean,
): Float64Array {
  const wanted = rowsOfGroups(rows, isWanted);
  if (wanted.count === 0) return priorMeans(layout);
  return solveCoefficients({ layout, rows: wanted }, resolveSolveOptions({})).x;
}
