import { describe, expect, it } from 'vitest';
import { diffCorrections, diffSets, predictionChange, readCatalog, readCoefficientSet } from '../../src/coefficients/index.js';
import type { CoefficientEntry, CoefficientSet } from '../../src/coefficients/index.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';

const catalog = await readCatalog();
const shipped = await readCoefficientSet('op-roofline');

/** One entry of the shipped set with some fields replaced. */
function withEntry(term: string, change: Partial<CoefficientEntry>): CoefficientSet {
  return { ...shipped, entries: { ...shipped.entries, [term]: { ...shipped.entries[term]!, ...change } } };
}

const layer = (value: number, stdError: number, resampledStdError: number) =>
  withEntry('layer', { value, stdError, resampledStdError });

const differenceOf = (term: string, before: CoefficientSet, after: CoefficientSet) =>
  diffSets(before, after).find((entry) => entry.term === term)!;

const context = {
  arch: catalog.model('llama-2-7b-hf'),
  gpu: catalog.gpu('H100'),
  server: DEFAULT_SERVER,
  kernels: catalog.kernels('H100'),
};

describe('the difference of two coefficient sets', () => {
  it('is nothing between a set and itself', () => {
    expect(diffSets(shipped, shipped).map(({ verdict }) => verdict)).toEqual(
      Object.keys(shipped.entries).map(() => 'within error'),
    );
    for (const { changePct } of predictionChange(shipped, shipped, context)) expect(changePct).toBe(0);
  });

  it('is counted in combined errors, of which each is the larger of the two stated', () => {
    // errors 3 and 4 combine to 5
    const before = layer(10, 3, 1);
    expect(differenceOf('layer', before, layer(25, 2, 4))).toMatchObject({
      before: { value: 10, error: 3 },
      after: { value: 25, error: 4 },
      differenceErrors: 3,
      verdict: 'within error',
    });
    expect(differenceOf('layer', before, layer(25.1, 2, 4)).verdict).toBe('moved');
    expect(differenceOf('layer', layer(25.1, 2, 4), before)).toMatchObject({ verdict: 'moved' });
  });

  it('counts any change of a number without an error as a move', () => {
    const moved = differenceOf('attention', shipped, withEntry('attention', { value: 1.01 }));
    expect(moved.verdict).toBe('moved');
    expect(moved).not.toHaveProperty('differenceErrors');
  });

  it('names what is in one set only, whichever it is', () => {
    const { layer: dropped, ...entries } = shipped.entries;
    const without = { ...shipped, entries };
    const here = { value: dropped!.value };
    expect(differenceOf('layer', shipped, without)).toMatchObject({ verdict: 'only in one', before: here });
    expect(differenceOf('layer', without, shipped)).toMatchObject({ verdict: 'only in one', after: here });
  });

  it('takes a fixed term without an entry at the value its prior fixes', () => {
    const { attention: _, ...entries } = shipped.entries;
    const without = { ...shipped, entries };
    expect(differenceOf('attention', without, shipped).verdict).toBe('within error');
    expect(differenceOf('attention', without, withEntry('attention', { value: 1.01 })).verdict).toBe('moved');
  });

  it('refuses another basis', async () => {
    const peer = await readCoefficientSet('blis-roofline');
    expect(() => diffSets(shipped, peer)).toThrowError(
      expect.objectContaining({ code: 'COEFFICIENTS_INVALID' }),
    );
  });
});

describe('the change of predictions', () => {
  it('is what the moved coefficient adds to each step', () => {
    const { layers } = context.arch;
    const before = shipped.entries['layer']!.value;
    const changes = predictionChange(shipped, withEntry('layer', { value: before + 1 }), context);
    const steps = changes.filter(({ what }) => !what.startsWith('front end'));
    expect(steps).toHaveLength(6);
    for (const { beforeUs, afterUs, changePct } of steps) {
      expect(afterUs - beforeUs).toBeCloseTo(layers, 6);
      expect(changePct).toBeCloseTo((100 * layers) / beforeUs, 6);
    }
    expect(changes.at(-1)).toMatchObject({ what: 'front end, per request', changePct: 0 });
  });

  it('gives the front end of 1000 output tokens where a basis charges them', async () => {
    // α2 = 1.708 µs as published
    const peer = await readCoefficientSet('blis-roofline');
    const change = predictionChange(peer, peer, context).at(-1)!;
    expect(change.what).toBe('front end, per 1000 output tokens');
    expect(change.beforeUs).toBeCloseTo(1708, 0);
  });
});

/** The shipped set with one correction. */
const corrected = (stepScaleRatio: number, stepScaleLogSd: number, model = 'm'): CoefficientSet => ({
  ...shipped,
  corrections: [
    {
      scope: { model, gpu: 'H100' },
      stepScaleRatio,
      stepScaleLogSd,
      frontScaleRatio: 1,
      frontScaleLogSd: 0.1,
      prior: { stepLogSd: 0.1, frontLogSd: 0.1 },
      experiments: ['1'],
      sources: [],
    },
  ],
});

describe('a difference of corrections', () => {
  it('is counted in combined errors of the scales', () => {
    const [step, front] = diffCorrections(corrected(1, 0.03), corrected(1.1, 0.04 / 1.1));
    // errors 0.03 and 0.04 combine to 0.05
    expect(step).toMatchObject({ scale: 'stepScale', difference: { verdict: 'within error' } });
    expect(step!.difference.differenceErrors).toBeCloseTo(2, 9);
    expect(front!.difference).toMatchObject({ differenceErrors: 0, verdict: 'within error' });
    expect(diffCorrections(corrected(1, 0.01), corrected(1.1, 0.01))[0]!.difference.verdict).toBe('moved');
  });

  it('names those of one set only', () => {
    const found = diffCorrections(corrected(1, 0.1), corrected(1, 0.1, 'other'));
    expect(found.map(({ scope, difference }) => [scope.model, difference.verdict])).toEqual([
      ['m', 'only in one'],
      ['m', 'only in one'],
      ['other', 'only in one'],
      ['other', 'only in one'],
    ]);
    expect(diffCorrections(shipped, shipped)).toEqual([]);
  });
});
