import { describe, expect, it } from 'vitest';
import { RowCollector, rowsOfGroups, type FitRows } from '../../src/fit/fit-rows.js';
import { layOutTerms, type TermLayout } from '../../src/fit/fit-terms.js';
import { resampleGroups } from '../../src/fit/group-resampling.js';
import { resolveSolveOptions, solveFit } from '../../src/fit/solve-fit.js';
import { randomStream } from '../../src/random.js';
import { TOY_BASIS } from './toy-basis.js';

const OPTIONS = resolveSolveOptions({ huberRatio: Infinity });

/** Two free terms. */
const PRIORS = { step: { sd: 1e5 }, token: { sd: 1e3 }, request: { sd: 0 }, front: { sd: 0 } };

/** Runs of one row each, 1200·step + 12·token µs with 1 % noise; `odd` is 30 % too slow. */
function made(runs: number, odd?: number): { layout: TermLayout; rows: FitRows } {
  const layout = layOutTerms(TOY_BASIS, PRIORS);
  const collector = new RowCollector(layout);
  const { normal } = randomStream(5, 'resampling-test');
  const noise = normal(0, 0.01);
  for (let run = 0; run < runs; run++) {
    const tokens = 50 * (run % 7);
    const valuesUs = [1, tokens];
    const observedUs = (1200 + 12 * tokens) * (1 + noise()) * (run === odd ? 1.3 : 1);
    collector.add({ group: `run ${run}`, kind: 'decode', weight: 1, valuesUs, fixedUs: 0, observedUs });
  }
  return { layout, rows: collector.rows() };
}

const size = (pulls: Readonly<Record<string, number>>) => Math.max(...Object.values(pulls).map(Math.abs));

describe('resampling whole runs', () => {
  it('leaves a run out exactly as a fit without its rows does', () => {
    const { layout, rows } = made(9, 4);
    const solution = solveFit({ layout, rows }, OPTIONS);
    const without = solveFit({ layout, rows: rowsOfGroups(rows, (group) => group !== 'run 4') }, OPTIONS);
    const { influences } = resampleGroups(layout, rows, solution)!;
    const pulls = Object.values(influences[4]!.pulls);
    pulls.forEach((pull, j) => {
      expect(pull).toBeCloseTo((solution.x[j]! - without.x[j]!) / solution.stdErrors[j]!, 6);
    });
  });

  it('finds the run that is unlike the others', () => {
    const { layout, rows } = made(21, 6);
    const { influences } = resampleGroups(layout, rows, solveFit({ layout, rows }, OPTIONS))!;
    const hardest = influences.toSorted((a, b) => size(b.pulls) - size(a.pulls))[0];
    expect(hardest?.group).toBe('run 6');
  });

  it('agrees with the analytic error where its assumptions hold, and gives the same bytes again', () => {
    const { layout, rows } = made(60);
    const solution = solveFit({ layout, rows }, OPTIONS);
    const found = resampleGroups(layout, rows, solution)!;
    expect(resampleGroups(layout, rows, solution)).toEqual(found);
    Object.values(found.stdErrors).forEach((resampled, j) => {
      expect(resampled / solution.stdErrors[j]!).toBeGreaterThan(0.5);
      expect(resampled / solution.stdErrors[j]!).toBeLessThan(2);
    });
  });

  it('says nothing of two runs', () => {
    const { layout, rows } = made(2);
    expect(resampleGroups(layout, rows, solveFit({ layout, rows }, OPTIONS))).toBeUndefined();
  });
});
