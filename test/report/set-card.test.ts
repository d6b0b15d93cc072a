import { describe, expect, it } from 'vitest';
import type { CoefficientEntry } from '../../src/coefficients/index.js';
import { entryVerdict, pairVerdict } from '../../src/report/coefficients/identifiability-words.js';
import { variedDimensions } from '../../src/report/coefficients/separating-dimensions.js';

const entry = (stdError: number, sd: number, atBound = false): CoefficientEntry => ({
  value: atBound ? 0 : 5,
  unit: 'µs/layer',
  stdError,
  prior: { mean: 5, sd },
  atBound,
  method: 'fitted',
  scope: {},
  sources: [],
  rationale: '',
});

describe('the verdict on a coefficient', () => {
  it.each([
    ['held fixed', entry(0, 0)],
    ['stopped at 0', entry(1, 6, true)],
    ['not measured: this is the prior; more runs that vary layer count', entry(5.9, 6)],
    ['half measured', entry(4, 6)],
    ['measured', entry(1, 6)],
  ])('is "%s…"', (verdict, number) => {
    expect(entryVerdict('layer', number, undefined)).toMatch(new RegExp(`^${verdict}`, 'u'));
  });

  it('says so when only a combination is known', () => {
    const found = {
      conditionNumber: 40,
      varianceInflation: { layer: 9 },
      pairs: [{ terms: ['layer', 'step'] as const, correlation: -0.95 }],
    };
    expect(entryVerdict('layer', entry(1, 6), found)).toBe('known only together with step');
  });

  it('says so when no error was published', () => {
    const { stdError: _error, prior: _prior, ...published } = entry(1, 6);
    expect(entryVerdict('layers', published, undefined)).toContain('no error is stated');
  });
});

describe('the verdict on a pair', () => {
  const pair = { terms: ['layers', 'step'] as const, correlation: -0.99 };

  it('names what every run has in common', () => {
    expect(pairVerdict(pair, { 'layer count': ['32'] })).toBe(
      "layers and step (correlation -0.99) can't be told apart: every run has the same layer count (32)",
    );
  });

  it('names what would tell them apart once it varied', () => {
    expect(pairVerdict(pair, { 'layer count': ['32', '80'] })).toContain(
      'read their sum, not the single values; runs that differ in layer count',
    );
  });

  it('knows what varied from the scope', () => {
    expect(variedDimensions({ tensorParallelSizes: [2, 4] }, [])).toEqual({
      'tensor-parallel size': ['above 1'],
    });
  });
});
