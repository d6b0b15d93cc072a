import type { BasisSet } from '../../basis/basis-set.js';
import type { CanaryRow } from './canary-rows.js';
import type { CanaryRun } from './canary-run.js';

/** One explanation of a drift: a coefficient, or several together, became larger or smaller. */
export interface DriftCause {
  /** A term of the basis, or several of them in words. */
  readonly cause: string;
  /** By how much it would have changed, in %. */
  readonly changePct: number;
  /** Share of the weighted squared errors that this change takes away, 0 … 1. */
  readonly explainedRatio: number;
  /** The errors are as likely with this cause as with the best one, up to chance. */
  readonly isPossible: boolean;
}

/** Spread of a row's error without any drift, in logarithms, by metric. */
export type RowLogSd = Readonly<Record<CanaryRow['metric'], number>>;

/** Difference of squared errors, in their variances, up to which chance explains that one cause fits better than another. */
const INDISTINCT = 4;

/** No release makes a cost ten times what it was, or a tenth. */
const LARGEST_LOG_CHANGE = Math.LN10;

interface Hypothesis {
  readonly cause: string;
  /** Terms that change. */
  readonly terms: readonly string[];
}

/**
 * What changed, if it was one thing: for each term (and for all step times, and all operator times, together) the change that
 * explains the errors of all stages best, by least squares on ln(measured ÷ predicted) = ln(1 + change)·share. An error that grows
 * with the number of requests points to what is paid per request, one that grows with layers to the layers, and so on.
 * @returns best first; causes that no run would notice, or that would have to change tenfold, are left out
 */
export function attributeDrift(
  basis: BasisSet,
  runs: readonly CanaryRun[],
  rowLogSd: RowLogSd,
): readonly DriftCause[] {
  const rows = runs.flatMap((run) => weightedRows(run, rowLogSd));
  const total = rows.reduce((sum, { weight, logRatio }) => sum + weight * logRatio ** 2, 0);
  if (total === 0) return [];
  const found = hypotheses(basis).flatMap(({ cause, terms }) => {
    const shareOf = ({ shares }: CanaryRow): number =>
      terms.reduce((sum, term) => sum + (shares[term] ?? 0), 0);
    const along = rows.reduce((sum, row) => sum + row.weight * shareOf(row) * row.logRatio, 0);
    const size = rows.reduce((sum, row) => sum + row.weight * shareOf(row) ** 2, 0);
    const change = along / size;
    if (!(size > 0 && Math.abs(change) <= LARGEST_LOG_CHANGE)) return [];
    return [{ cause, changePct: 100 * Math.expm1(change), explained: along ** 2 / size }];
  });
  const best = Math.max(...found.map(({ explained }) => explained));
  return found
    .map(({ explained, ...rest }) => ({
      ...rest,
      explainedRatio: explained / total,
      isPossible: best - explained <= INDISTINCT,
    }))
    .toSorted((a, b) => b.explainedRatio - a.explainedRatio);
}

/** All stages of a run together say no more than one: they share most of what is not known. */
function weightedRows({ rows }: CanaryRun, rowLogSd: RowLogSd): (CanaryRow & { readonly weight: number })[] {
  return rows.map((row) => {
    const alike = rows.filter(({ metric }) => metric === row.metric).length;
    return { ...row, weight: 1 / (alike * rowLogSd[row.metric] ** 2) };
  });
}

function hypotheses({ terms, requestTerms }: BasisSet): readonly Hypothesis[] {
  const operators = terms.filter(({ unit }) => unit === 'ratio');
  return [
    { cause: 'all step times', terms: terms.map(({ name }) => name) },
    { cause: 'all operator times', terms: operators.map(({ name }) => name) },
    ...[...terms, ...requestTerms].map(({ name }) => ({ cause: name, terms: [name] })),
  ];
}
