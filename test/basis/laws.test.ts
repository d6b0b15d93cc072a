import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BASES, type BasisSet } from '../../src/basis/index.js';
import type { BatchShape } from '../../src/trace/batch-shape.js';
import { refusal } from '../refusal.js';
import { anyBatch, batch, context, evaluate, GPU, KERNELS, SERVER, TINY, TINY_MOE } from './contexts.js';

const PREFILL_TERMS = ['prefillAttention', 'prefill', 'prefillCompute', 'prefillKv'];
const COMMUNICATION_TERMS = ['allReduce', 'tpLayer', 'communication', 'tpCommunication', 'expertExchange'];

const anyContext = fc.record({
  arch: fc.constantFrom(TINY, TINY_MOE),
  server: fc.constantFrom(SERVER, { ...SERVER, tensorParallelSize: 2 }),
});

const chosen = (values: Record<string, number>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));

/** Each term of `after` at least the same term of `before`, up to rounding. */
function expectNoTermCheaper(
  basis: BasisSet,
  at: ReturnType<typeof context>,
  before: BatchShape,
  after: BatchShape,
) {
  const less = evaluate(basis, at, before);
  for (const [name, value] of Object.entries(evaluate(basis, at, after))) {
    expect(value, name).toBeGreaterThanOrEqual((less[name] ?? NaN) * (1 - 1e-12));
  }
}

describe.each(BASES.map((basis) => [basis.name, basis] as const))('%s', (_name, basis) => {
  it('gives every term of every batch a finite, non-negative value', () => {
    fc.assert(
      fc.property(anyBatch, anyContext, (of, changes) => {
        for (const [name, value] of Object.entries(evaluate(basis, context(changes), of))) {
          expect(value, name).toBeGreaterThanOrEqual(0);
          expect(Number.isFinite(value), name).toBe(true);
        }
      }),
    );
  });

  it('charges nothing for prefill without prefill', () => {
    const values = chosen(
      evaluate(basis, context(), batch({ decodeRequests: 9, decodeContextTokens: 900 })),
      PREFILL_TERMS,
    );
    expect(Object.values(values).every((value) => value === 0)).toBe(true);
    expect(Object.keys(values).length).toBeGreaterThan(0);
  });

  it('charges nothing for communication on one GPU', () => {
    fc.assert(
      fc.property(anyBatch, (of) => {
        const values = chosen(evaluate(basis, context({ arch: TINY_MOE }), of), COMMUNICATION_TERMS);
        expect(Object.values(values).every((value) => value === 0)).toBe(true);
      }),
    );
  });

  it('never gets cheaper with more prefill tokens', () => {
    fc.assert(
      fc.property(anyBatch, anyContext, fc.integer({ min: 1, max: 300 }), (of, changes, more) => {
        const after = {
          ...of,
          prefillTokens: of.prefillTokens + more,
          prefillRequests: Math.max(1, of.prefillRequests),
          prefillContextTokens: of.prefillContextTokens + more,
          prefillAttentionPairs: of.prefillAttentionPairs + more * more,
          prefillPromptPairs: of.prefillPromptPairs + more * more,
        };
        expectNoTermCheaper(basis, context(changes), of, after);
      }),
    );
  });

  it('never gets cheaper with longer contexts', () => {
    fc.assert(
      fc.property(anyBatch, anyContext, fc.integer({ min: 1, max: 5000 }), (of, changes, more) => {
        const after = { ...of, decodeContextTokens: of.decodeContextTokens + of.decodeRequests * more };
        expectNoTermCheaper(basis, context(changes), of, after);
      }),
    );
  });

  it('gives the same values when evaluated again, and by another compilation', () => {
    const compiled = basis.compile(context({ arch: TINY_MOE }));
    fc.assert(
      fc.property(fc.array(anyBatch, { minLength: 1, maxLength: 20 }), (batches) => {
        const out = new Float64Array(basis.terms.length);
        for (const of of batches) {
          compiled.evaluate(of, out);
          const fresh = Object.values(evaluate(basis, context({ arch: TINY_MOE }), of));
          expect([...out]).toEqual(fresh);
        }
      }),
    );
  });

  it.each([
    { decodeRequests: -1, decodeContextTokens: 5 },
    { decodeRequests: 1.5, decodeContextTokens: 5 },
    { prefillTokens: NaN, prefillRequests: 1 },
    {},
  ])('refuses %o', (fields) => {
    expect(refusal(() => evaluate(basis, context(), batch(fields))).code).toBe('BASIS_BAD_BATCH');
  });

  it('names every term once, with formula, unit, source and a prior that is not negative', () => {
    const terms = [...basis.terms, ...basis.requestTerms];
    expect(new Set(terms.map((term) => term.name)).size).toBe(terms.length);
    for (const { formula, unit, source, prior } of terms) {
      expect([formula, unit, source].every((text) => text.length > 0)).toBe(true);
      expect(Math.min(prior.mean, prior.sd)).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('bandwidth', () => {
  const slow = { ...GPU, hbmBytesPerUs: GPU.hbmBytesPerUs / 2 };
  const step = batch({
    prefillTokens: 40,
    prefillRequests: 1,
    prefillContextTokens: 40,
    decodeRequests: 9,
    decodeContextTokens: 900,
  });

  it.each([
    ['roofline', ['weights']],
    ['trained-physics', ['weights', 'prefillKv', 'decodeKv']],
    ['op-roofline', ['elementwise']],
  ])('half of it doubles the memory terms of %s', (name, memoryTerms) => {
    const basis = BASES.find((candidate) => candidate.name === name);
    if (basis === undefined) throw new Error(`no basis ${name}`);
    const fast = evaluate(basis, context(), step);
    const halved = evaluate(basis, context({ gpu: slow }), step);
    for (const term of memoryTerms) expect(halved[term]).toBeCloseTo(2 * (fast[term] ?? NaN), 9);
  });

  it('half of it doubles KV reads beyond the launch floor', () => {
    const kernels = {
      ...KERNELS,
      decodeAttention: { ...KERNELS.decodeAttention, floorUs: 0, usPerThousandContextTokens: 0 },
    };
    const [opRoofline] = BASES;
    if (opRoofline === undefined) throw new Error('no basis');
    const fast = evaluate(opRoofline, context({ kernels }), step)['attention'] ?? NaN;
    expect(evaluate(opRoofline, context({ kernels, gpu: slow }), step)['attention']).toBeCloseTo(2 * fast, 9);
  });
});
