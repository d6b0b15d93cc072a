import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { compareResults, type HeadToHead } from '../../src/validate/head-to-head.js';
import type { ValidationResult } from '../../src/validate/validation-result.js';
import { madeUpValidation } from '../report/made-up-results.js';

const before = madeUpValidation();

/** The same measurements with every prediction's error multiplied. */
const withErrorTimes = (factor: number): ValidationResult => ({
  ...before,
  rows: before.rows.map((row) => ({ ...row, errorPct: factor * row.errorPct })),
});

const duel = (duels: readonly HeadToHead[], wanted: Partial<HeadToHead>): HeadToHead | undefined =>
  duels.find((entry) =>
    Object.entries(wanted).every(([key, value]) =>
      Object.entries(entry).some(([k, v]) => k === key && v === value),
    ),
  );

describe('validations held against the first', () => {
  const { headToHeads, figures, challengers } = compareResults([
    { name: 'before', result: before },
    { name: 'halved', result: withErrorTimes(0.5) },
  ]);

  it('names the other validations, then the peers', () => {
    expect(challengers).toEqual(['halved', 'other-sim']);
    expect(figures).toHaveLength(before.rows.length);
  });

  it('pairs the errors of each run: worked by hand', () => {
    // |E2E errors| of the four runs: 1.068, 3.775, 0 and 2.581 %; halved they are nearer on all but the exact one.
    const found = duel(headToHeads, { by: 'all', metric: 'e2eMeanMs', challenger: 'halved' });
    expect(found).toMatchObject({ n: 4, wins: 3, losses: 0 });
    expect(found?.baselineMapePct).toBeCloseTo((100 * (11 / 1030 + 77 / 2040 + 80 / 3100)) / 4, 10);
    expect(found?.challengerMapePct).toBeCloseTo((found?.baselineMapePct ?? NaN) / 2, 10);
    const { low, high } = found?.differenceInterval ?? { low: NaN, high: NaN };
    expect(low).toBeLessThan((found?.challengerMapePct ?? NaN) - (found?.baselineMapePct ?? NaN));
    expect(high).toBeLessThanOrEqual(0);
  });

  it('scores a peer on the runs it predicted', () => {
    const peer = duel(headToHeads, { by: 'all', metric: 'e2eMeanMs', challenger: 'other-sim' });
    expect(peer).toMatchObject({ n: 2, wins: 0, losses: 2 });
    expect(peer?.differenceInterval).toBeUndefined();
    expect(
      duel(headToHeads, { by: 'model', group: 'acme/Toy-7B', metric: 'e2eMeanMs', challenger: 'other-sim' }),
    ).toMatchObject({ n: 1 });
  });

  it('sees no difference from itself', () => {
    const same = compareResults([
      { name: 'a', result: before },
      { name: 'b', result: before },
    ]);
    const own = same.headToHeads.filter((entry) => entry.challenger === 'b');
    expect(own.length).toBeGreaterThan(10);
    for (const { wins, losses, baselineMapePct, challengerMapePct } of own)
      expect({ wins, losses, gap: challengerMapePct - baselineMapePct }).toEqual({
        wins: 0,
        losses: 0,
        gap: 0,
      });
  });

  it('leaves out figures that were measured differently, and counts them on both sides', () => {
    const [first] = before.rows;
    const other = {
      ...before,
      rows: before.rows.map((row) => (row === first ? { ...row, measuredMs: 1 } : row)),
    };
    const { leftOut, figures: shared } = compareResults([
      { name: 'a', result: before },
      { name: 'b', result: other },
    ]);
    expect({ leftOut, shared: shared.length }).toEqual({
      leftOut: [
        { name: 'a', figures: 1, experiments: [] },
        { name: 'b', figures: 1, experiments: [] },
      ],
      shared: before.rows.length - 1,
    });
  });

  it('names the runs that only some validations have, whichever they are', () => {
    const without = (id: string): ValidationResult => ({
      ...before,
      experiments: before.experiments.filter(({ experiment }) => experiment !== id),
      rows: before.rows.filter(({ experiment }) => experiment !== id),
    });
    const { leftOut, figures: shared } = compareResults([
      { name: 'a', result: without('1') },
      { name: 'b', result: before },
      { name: 'c', result: without('3') },
    ]);
    expect(new Set(shared.map(({ experiment }) => experiment))).toEqual(new Set(['2', '4']));
    expect(leftOut).toEqual([
      { name: 'a', figures: 6, experiments: ['3'] },
      { name: 'b', figures: 12, experiments: ['1', '3'] },
      { name: 'c', figures: 6, experiments: ['1'] },
    ]);
  });
});

/** Signed errors of `n` runs by two contenders, in %. */
const pairedErrors = (n: number) =>
  fc.array(
    fc.tuple(fc.double({ min: -30, max: 30, noNaN: true }), fc.double({ min: -30, max: 30, noNaN: true })),
    {
      minLength: n,
      maxLength: 40,
    },
  );

const id = (i: number): string => `run ${i}`;

/** A validation with one whole run for each error, of E2E only. */
function withErrors(errorsPct: readonly number[]): ValidationResult {
  const [entry] = before.experiments;
  const [row] = before.rows;
  return {
    ...before,
    experiments: errorsPct.map((_, i) => ({
      ...entry!,
      experiment: id(i),
      model: i % 2 === 0 ? 'even' : 'odd',
    })),
    rows: errorsPct.map((errorPct, i) => ({
      ...row!,
      experiment: id(i),
      stage: 'all',
      metric: 'e2eMeanMs',
      measuredMs: 1000 + i,
      predictedMs: (1000 + i) * (1 + errorPct / 100),
      errorPct,
      peersMs: {},
    })),
  };
}

const against = (a: readonly number[], b: readonly number[], names = ['a', 'b']): readonly HeadToHead[] =>
  compareResults([
    { name: names[0]!, result: withErrors(a) },
    { name: names[1]!, result: withErrors(b) },
  ]).headToHeads;

describe('laws of comparisons', () => {
  test.prop([pairedErrors(3)])('nothing differs from itself', (errors) => {
    const own = errors.map(([error]) => error);
    for (const entry of against(own, own)) {
      expect(entry).toMatchObject({ wins: 0, losses: 0 });
      expect(entry.challengerMapePct).toBe(entry.baselineMapePct);
      if (entry.n >= 3) expect(entry.differenceInterval).toEqual({ low: 0, high: 0 });
    }
  });

  test.prop([pairedErrors(3)])(
    'swapping the two swaps wins and losses and turns the interval round',
    (errors) => {
      const [a, b] = [errors.map(([error]) => error), errors.map(([, error]) => error)];
      const there = against(a, b);
      const back = against(b, a, ['b', 'a']);
      expect(back).toHaveLength(there.length);
      for (const [i, entry] of there.entries()) {
        const other = back[i]!;
        expect([other.by, other.group, other.n]).toEqual([entry.by, entry.group, entry.n]);
        expect([other.wins, other.losses]).toEqual([entry.losses, entry.wins]);
        expect(other.baselineMapePct).toBe(entry.challengerMapePct);
        expect(other.challengerMapePct).toBe(entry.baselineMapePct);
        if (entry.differenceInterval === undefined) continue;
        expect(other.differenceInterval?.low).toBeCloseTo(-entry.differenceInterval.high, 9);
        expect(other.differenceInterval?.high).toBeCloseTo(-entry.differenceInterval.low, 9);
      }
    },
  );

  test.prop([pairedErrors(3)])(
    'intervals stay among the differences, and groups add up to the whole',
    (errors) => {
      const duels = against(
        errors.map(([error]) => error),
        errors.map(([, error]) => error),
      );
      const whole = duels.find(({ by }) => by === 'all')!;
      const models = duels.filter(({ by }) => by === 'model');
      const total = (of: (entry: HeadToHead) => number): number =>
        models.reduce((sum, entry) => sum + of(entry), 0);
      expect([total(({ n }) => n), total(({ wins }) => wins), total(({ losses }) => losses)]).toEqual([
        whole.n,
        whole.wins,
        whole.losses,
      ]);
      expect(total(({ n, baselineMapePct }) => n * baselineMapePct)).toBeCloseTo(
        whole.n * whole.baselineMapePct,
        6,
      );
      const difference = whole.challengerMapePct - whole.baselineMapePct;
      const { low, high } = whole.differenceInterval!;
      const worst = Math.max(...errors.map(([a, b]) => Math.abs(b) - Math.abs(a)));
      const best = Math.min(...errors.map(([a, b]) => Math.abs(b) - Math.abs(a)));
      expect(low).toBeLessThanOrEqual(high);
      expect(low).toBeGreaterThanOrEqual(best - 1e-9);
      expect(high).toBeLessThanOrEqual(worst + 1e-9);
      expect(difference).toBeGreaterThanOrEqual(best - 1e-9);
      expect(difference).toBeLessThanOrEqual(worst + 1e-9);
    },
  );

  test.prop([fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 5, maxLength: 40 })])(
    'a validation planted 5 points worse loses every run, with an interval that says so',
    (errors) => {
      const worse = errors.map((error) => error + (error < 0 ? -5 : 5));
      const loser = against(errors, worse).find(({ by }) => by === 'all')!;
      expect(loser).toMatchObject({ wins: 0, losses: errors.length });
      expect(loser.differenceInterval?.low).toBeCloseTo(5, 9);
      expect(loser.differenceInterval?.high).toBeCloseTo(5, 9);
      const winner = against(worse, errors).find(({ by }) => by === 'all')!;
      expect(winner).toMatchObject({ wins: errors.length, losses: 0 });
      expect(winner.differenceInterval?.high).toBeCloseTo(-5, 9);
    },
  );

  it('tells predictions that are all 5 % slower from noise of 2 %', () => {
    // errors of −2 … +2 %, and the same predictions 5 % slower
    const errors = Array.from({ length: 24 }, (_, i) => ((i * 7) % 24) / 6 - 2);
    const slower = errors.map((error) => 100 * ((1 + error / 100) * 1.05 - 1));
    const overall = against(errors, slower).find(({ by }) => by === 'all')!;
    expect(overall.losses).toBeGreaterThan(20);
    expect(overall.differenceInterval?.low).toBeGreaterThan(0);
  });
});
