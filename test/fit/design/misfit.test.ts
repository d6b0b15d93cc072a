import { describe, expect, test } from 'vitest';
import { estimateMisfit } from '../../../src/fit/design/misfit.js';
import { rowsFrom, type FitRow } from '../../../src/fit/fit-rows.js';
import { layOutTerms } from '../../../src/fit/fit-terms.js';
import { normal } from '../normal.js';
import { TOY_BASIS } from '../toy-basis.js';

/** A prior so tight that residuals are what was drawn. */
const LAYOUT = layOutTerms(TOY_BASIS, {
  step: { mean: 1, sd: 1e-6 },
  request: { sd: 0 },
  token: { sd: 0 },
  front: { sd: 0 },
});

const [MODELS, RUNS, ROWS] = [40, 4, 4];

/** Rows that predict 1 µs and are observed with misfits of given spreads. */
function drawn(noise: number, ofRun: number, ofModel: number): readonly FitRow[] {
  const next = normal(7);
  return Array.from({ length: MODELS }, (_, model) => {
    const modelOff = ofModel * next();
    return Array.from({ length: RUNS }, (__, run) => {
      const runOff = ofRun * next();
      return Array.from({ length: ROWS }, (): FitRow => {
        const observedUs = 1 / (1 + modelOff + runOff + noise * next());
        return { group: `${model}/${run}`, kind: 'decode', weight: 1, valuesUs: [1], fixedUs: 0, observedUs };
      });
    }).flat();
  }).flat();
}

const estimate = (rows: readonly FitRow[]) =>
  estimateMisfit(LAYOUT, rowsFrom(LAYOUT, rows), (group) => group.split('/')[0]!);

describe('estimateMisfit', () => {
  test('finds the spreads that residuals were drawn with, to the next of its grid', () => {
    const { noiseRatio, runRatio, modelRatio } = estimate(drawn(0.02, 0.04, 0.08));
    expect(noiseRatio).toBe(0.02);
    expect(runRatio).toBe(0.04);
    expect([0.06, 0.08, 0.12]).toContain(modelRatio);
  });

  test('shares nothing where rows err on their own', () => {
    const { noiseRatio, runRatio, modelRatio } = estimate(drawn(0.04, 0, 0));
    expect(noiseRatio).toBe(0.04);
    expect(Math.max(runRatio, modelRatio)).toBeLessThanOrEqual(0.005);
  });

  test('does not take the spread of runs for one of models', () => {
    const { runRatio, modelRatio } = estimate(drawn(0.01, 0.06, 0));
    expect(runRatio).toBe(0.06);
    expect(modelRatio).toBeLessThan(0.03);
  });

  test('refuses a split without rows', () => {
    expect(() => estimate([])).toThrow(expect.objectContaining({ code: 'SAMPLE_EMPTY' }));
  });
});
