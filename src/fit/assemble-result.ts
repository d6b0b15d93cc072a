import { residualsOf } from '../stats/gram.js';
import type { LargestBatch } from '../trace/largest-batch.js';
import type { Diagnostic } from '../trace/trace.js';
import { describeCoefficients, correlatedPairs } from './describe-coefficients.js';
import type { FitResult, FitRoute, GroupRows } from './fit-result.js';
import type { FitRows, GroupDrops } from './fit-rows.js';
import { resampleGroups } from './group-resampling.js';
import type { TermLayout } from './fit-terms.js';
import { errorsOfRows } from './row-errors.js';
import type { FitSolution, ResolvedSolveOptions } from './solve-fit.js';

/** A solved fit before it is put into words. */
export interface SolvedFit {
  readonly basis: string;
  readonly route: FitRoute;
  readonly layout: TermLayout;
  readonly rows: FitRows;
  readonly solution: FitSolution;
  readonly options: ResolvedSolveOptions;
  readonly diagnostics: readonly Diagnostic[];
  readonly droppedByGroup: readonly GroupDrops[];
  readonly largestBatch: LargestBatch;
}

/** The result of a fit without its errors and iterations, which differ between routes. */
export function assembleResult(
  fit: SolvedFit,
): Omit<FitResult, 'trainErrors' | 'heldOutErrors' | 'groupsHeldOut' | 'iterations'> {
  const { layout, rows, solution } = fit;
  const resampling = resampleGroups(layout, rows, solution);
  return {
    basis: fit.basis,
    route: fit.route,
    coefficients: describeCoefficients(layout, solution, resampling),
    correlatedPairs: correlatedPairs(layout, solution.posterior),
    conditionNumber: solution.posterior.conditionNumber,
    covariance: {
      terms: layout.free.map((index) => layout.terms[index]!.name),
      values: solution.covariance,
    },
    noiseRatio: solution.noiseRatio,
    kktViolation: solution.kktViolation,
    options: fit.options,
    groupsUsed: rows.groupNames,
    rowsUsed: rows.count,
    rowsByGroup: rowsByGroup(fit),
    largestBatch: fit.largestBatch,
    ...(resampling && { influences: resampling.influences }),
    diagnostics: fit.diagnostics,
  };
}

/** The result of a fit whose rows do not depend on its coefficients: solved once, errors read off the rows. */
export function assembleLinearResult(fit: SolvedFit, heldOut: FitRows): FitResult {
  const { x, residualRatios } = fit.solution;
  return {
    ...assembleResult(fit),
    groupsHeldOut: heldOut.groupNames,
    trainErrors: errorsOfRows(fit.rows, residualRatios),
    heldOutErrors: errorsOfRows(heldOut, residualsOf(heldOut, x)),
    iterations: [],
  };
}

/** Rows of each run or experiment, used and not: those used first, then those of which nothing was. */
function rowsByGroup({ rows, droppedByGroup }: SolvedFit): readonly GroupRows[] {
  const used = new Map(rows.groupNames.map((name) => [name, 0]));
  for (const group of rows.groups) {
    const name = rows.groupNames[group]!;
    used.set(name, used.get(name)! + 1);
  }
  const unused = droppedByGroup
    .filter(({ group }) => !used.has(group))
    .map(({ group }) => [group, 0] as const);
  return [...used, ...unused].map(([group, rowsUsed]) => ({
    group,
    rowsUsed,
    dropped: droppedByGroup.find((entry) => entry.group === group)?.dropped ?? {},
  }));
}
