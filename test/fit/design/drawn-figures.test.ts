import { sampleStandardDeviation } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { drawFigures } from '../../../src/fit/design/drawn-figures.js';
import type { Misfit } from '../../../src/fit/design/misfit.js';
import type { MeasuredPlan } from '../../../src/fit/design/planned-run.js';
import { rowsFrom, type FitRow } from '../../../src/fit/fit-rows.js';
import { layOutTerms } from '../../../src/fit/fit-terms.js';
import { TOY_BASIS } from '../toy-basis.js';

const EXACT: Misfit = { noiseRatio: 0, runRatio: 0, modelRatio: 0 };

/** One free term, 500 ± `sd` µs a step; a row of 2 steps and 200 µs that are fixed is predicted to take 1200 µs. */
const layoutOf = (sd: number) =>
  layOutTerms(TOY_BASIS, { step: { sd }, request: { sd: 0 }, token: { sd: 0 }, front: { sd: 0 } });

function plan(id: string, model: string): MeasuredPlan {
  const row: FitRow = { group: id, kind: 'decode', weight: 1, valuesUs: [2], fixedUs: 200, observedUs: 1200 };
  const rows = rowsFrom(layoutOf(1), [row, { ...row, kind: 'ttft', weight: 0.25 }]);
  return { run: { id, model, gpuMinutes: 1, rows }, measured: [] };
}

const PLANS = [plan('1', 'a'), plan('2', 'a'), plan('3', 'b')];
const observed = (sd: number, misfit: Misfit, draw: number): readonly (readonly number[])[] =>
  drawFigures(layoutOf(sd), PLANS, misfit, draw).map(({ measured }) =>
    measured.map(({ observedUs }) => observedUs),
  );

/** Spread of the logarithm of one observation, or of a ratio of two, over many draws. */
const spread = (misfit: Misfit, of: (each: readonly (readonly number[])[]) => number): number =>
  sampleStandardDeviation(
    Array.from({ length: 2000 }, (_, draw) => Math.log(of(observed(1e-9, misfit, draw + 1)))),
  );

describe('drawFigures', () => {
  test('keeps the equations and moves what is observed, by the same coefficients for all', () => {
    for (const { run, measured } of drawFigures(layoutOf(100), PLANS, EXACT, 1)) {
      expect(measured.map(({ kind }) => kind)).toEqual(['decode', 'ttft']);
      const [first, second] = measured;
      expect(first).toMatchObject({ group: run.id, weight: 1 });
      expect(first!.valuesUs[0]).toBeCloseTo(2, 9);
      expect(first!.fixedUs).toBeCloseTo(200, 9);
      expect(first!.observedUs).toBeCloseTo(second!.observedUs, 9);
      expect(first!.observedUs).not.toBeCloseTo(1200, 0);
    }
  });

  test('draws no negative coefficient', () => {
    const lows = Array.from({ length: 200 }, (_, draw) => observed(5000, EXACT, draw + 1)[0]![0]!);
    expect(Math.min(...lows)).toBeCloseTo(200, 9);
    expect(lows.filter((low) => low < 200 - 1e-6)).toEqual([]);
  });

  test('gives rows, runs and models the spreads they should have', () => {
    const misfit = { noiseRatio: 0.01, runRatio: 0.04, modelRatio: 0.03 };
    expect(spread(misfit, ([one]) => one![0]!)).toBeCloseTo(Math.hypot(0.01, 0.04, 0.03), 2);
    // two rows of a run differ by their noise, weight ¼ having twice of it
    expect(spread(misfit, ([one]) => one![0]! / one![1]!)).toBeCloseTo(0.01 * Math.hypot(1, 2), 2);
    expect(spread({ ...misfit, runRatio: 0 }, ([one, two]) => one![0]! / two![0]!)).toBeCloseTo(0.014, 2);
    expect(spread({ ...misfit, runRatio: 0 }, ([one, , other]) => one![0]! / other![0]!)).toBeCloseTo(
      Math.hypot(0.03, 0.03, 0.01, 0.01),
      2,
    );
  });

  test('is the same for the same draw and another for another', () => {
    expect(observed(100, EXACT, 1)).toEqual(observed(100, EXACT, 1));
    expect(observed(100, EXACT, 1)).not.toEqual(observed(100, EXACT, 2));
  });
});
