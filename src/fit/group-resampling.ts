import { sampleStandardDeviation } from 'simple-statistics';
import { randomStream } from '../random.js';
import { addGrams, gramOf } from '../stats/gram.js';
import { solveGram, withPrior } from '../stats/nnls.js';
import type { FitRows } from './fit-rows.js';
import type { TermLayout } from './fit-terms.js';
import type { FitSolution } from './solve-fit.js';

/** How much one run or experiment pulls on the coefficients. */
export interface GroupInfluence {
  readonly group: string;
  /**
   * By free term: how far the whole fit lies from a fit without this group, in standard errors of the whole fit
   * (DFBETAS: Belsley, Kuh and Welsch, Regression Diagnostics, 1980).
   */
  readonly pulls: Readonly<Record<string, number>>;
}

/** What a fit would have been with other runs. */
export interface GroupResampling {
  readonly draws: number;
  /** By free term: standard deviation over resamples of whole groups with replacement, in the coefficient's unit. */
  readonly stdErrors: Readonly<Record<string, number>>;
  /** In the order of the groups. */
  readonly influences: readonly GroupInfluence[];
}

/** Enough that a standard deviation is known to 5 %. */
const DRAWS = 400;
const SEED = 1;
/** With fewer groups, resampling says nothing. */
const FEWEST_GROUPS = 3;

/**
 * Refits the rows of a solved fit with groups left out and drawn repeatedly: whole groups, because the rows of one run
 * share what is odd about it. Timelines and robust weights stay as they were, so each refit is one small solve.
 * @returns undefined with fewer than three groups
 */
export function resampleGroups(
  layout: TermLayout,
  rows: FitRows,
  solution: FitSolution,
): GroupResampling | undefined {
  const groups = usedGroups(rows);
  if (groups.length < FEWEST_GROUPS) return undefined;
  const grams = groups.map((group) => gramOf(rows, onlyGroup(rows, group, solution.robustness)));
  const refit = (counts: readonly number[]): Float64Array =>
    solveGram(withPrior(addGrams(grams, counts), solution.prior)).x;
  const names = layout.free.map((index) => layout.terms[index]!.name);
  const deviations = columnDeviations(drawCounts(groups.length).map(refit));
  return {
    draws: DRAWS,
    stdErrors: byName(names, deviations),
    influences: groups.map((group, left) => {
      const without = refit(groups.map((_, i) => (i === left ? 0 : 1)));
      const pulls = names.map((_, j) => pull(solution.x[j]!, without[j]!, solution.stdErrors[j]!));
      return { group: rows.groupNames[group]!, pulls: byName(names, pulls) };
    }),
  };
}

const usedGroups = (rows: FitRows): number[] => [...new Set(rows.groups)].toSorted((a, b) => a - b);

const onlyGroup = (rows: FitRows, group: number, robustness: Float64Array): Float64Array =>
  robustness.map((factor, row) => (rows.groups[row] === group ? factor : 0));

const pull = (value: number, without: number, stdError: number): number =>
  stdError > 0 ? (value - without) / stdError : 0;

/** How often each group is in each resample. */
function drawCounts(groups: number): number[][] {
  const { integer } = randomStream(SEED, 'fit-resampling');
  return Array.from({ length: DRAWS }, () => {
    const counts = Array.from({ length: groups }, () => 0);
    for (let i = 0; i < groups; i++) counts[integer(groups)]! += 1;
    return counts;
  });
}

const columnDeviations = (draws: readonly Float64Array[]): number[] =>
  Array.from(draws[0]!, (_, j) => sampleStandardDeviation(draws.map((x) => x[j]!)));

const byName = (names: readonly string[], values: readonly number[]): Record<string, number> =>
  Object.fromEntries(names.map((name, i) => [name, values[i]!]));
