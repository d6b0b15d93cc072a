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

  it('leaves out figures that were measured differently, and counts them', () => {
    const [first] = before.rows;
    const other = {
      ...before,
      rows: before.rows.map((row) => (row === first ? { ...row, measuredMs: 1 } : row)),
    };
    const { figuresLeftOut, figures: shared } = compareResults([
      { name: 'a', result: before },
      { name: 'b', result: other },
    ]);
    expect({ figuresLeftOut, shared: shared.length }).toEqual({
      figuresLeftOut: 1,
      shared: before.rows.length - 1,
    });
  });
});
