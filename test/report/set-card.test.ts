import { describe, expect, it } from 'vitest';
import type { CoefficientEntry } from '../../src/coefficients/index.js';
import { renderMarkdown } from '../../src/report/render-markdown.js';
import { setCard } from '../../src/report/coefficients/set-card.js';
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

describe('the card', () => {
  const set = {
    formatVersion: 1,
    name: 'corrected',
    description: '',
    basis: 'op-roofline',
    entries: { layer: entry(1, 6) },
    fit: {
      toolVersion: '1',
      split: 'train',
      files: [
        { name: 'suite/a.yaml', sha256: 'ab'.repeat(32), rowsUsed: 3, dropped: { FIT_STAGE_SATURATED: 1 } },
      ],
      options: {},
      trainErrors: {},
    },
    corrections: [
      {
        scope: { model: 'm', gpu: 'H100', tensorParallelSize: 2 },
        stepScaleRatio: 1.04,
        stepScaleLogSd: 0.01,
        frontScaleRatio: 1.2,
        frontScaleLogSd: 0.05,
        prior: { stepLogSd: 0.1, frontLogSd: 0.1 },
        experiments: ['7', '8'],
        sources: [],
      },
    ],
  } as const;
  const text = renderMarkdown(setCard(set, []));

  it('lists the corrections of single configurations', () => {
    expect(text).toContain('| m, H100 x2');
    expect(text).toContain('1.040 ± 0.010');
    expect(text).toContain('7, 8');
  });

  it('lists the files that were fitted, and what was dropped of each', () => {
    expect(text).toMatch(/suite\/a\.yaml\s*\| abababababab\s*\|\s*3 \| 1 FIT\\?_STAGE\\?_SATURATED/u);
  });
});
