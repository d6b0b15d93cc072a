import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BASES, opRooflineBasis, rooflineBasis, trainedPhysicsBasis } from '../../src/basis/index.js';
import { priceWith, priorValues } from '../../src/coefficients/index.js';
import { refusal } from '../refusal.js';
import { anyBatch, batch, context, evaluate, SERVER, TINY, TINY_MOE } from '../basis/contexts.js';

/** Some value for every term, none of them alike. */
const someValues = (basis: (typeof BASES)[number]): Record<string, number> =>
  Object.fromEntries([...basis.terms, ...basis.requestTerms].map((term, i) => [term.name, 0.5 + 0.37 * i]));

describe.each(BASES.map((basis) => [basis.name, basis] as const))('a latency model of %s', (_name, basis) => {
  const values = someValues(basis);

  it('prices a step as the sum of coefficient times term', () => {
    fc.assert(
      fc.property(anyBatch, fc.constantFrom(TINY, TINY_MOE), (of, arch) => {
        const at = context({ arch, server: { ...SERVER, tensorParallelSize: 2 } });
        const expected = Object.entries(evaluate(basis, at, of)).reduce(
          (sum, [name, value]) => sum + (values[name] ?? NaN) * value,
          0,
        );
        const relative = priceWith(basis, values, at).stepUs(of) / expected - 1;
        expect(Math.abs(relative)).toBeLessThan(1e-12);
      }),
    );
  });

  it('prices decode-only steps identically by both methods, in any order of calls', () => {
    const decodes = fc.record({ requests: fc.integer({ min: 1, max: 200 }), mean: fc.integer({ min: 1, max: 1e5 }) });
    fc.assert(
      fc.property(fc.array(decodes, { minLength: 1, maxLength: 20 }), (steps) => {
        const model = priceWith(basis, values, context());
        for (const { requests, mean } of steps) {
          const of = batch({ decodeRequests: requests, decodeContextTokens: requests * mean });
          expect(model.decodeStepUs(requests, requests * mean)).toBe(model.stepUs(of));
        }
      }),
    );
  });

  it('refuses a value without a term, naming the nearest', () => {
    const name = basis.terms[0]?.name ?? '';
    const error = refusal(() => priceWith(basis, { ...values, [`${name}x`]: 1 }, context()));
    expect(error.code).toBe('KEY_UNKNOWN');
    expect(error.hint).toContain(`\`${name}\``);
  });

  it('refuses a free term without a value, and a value that is not a number', () => {
    const free = [...basis.terms, ...basis.requestTerms].find((term) => term.prior.sd > 0);
    if (free === undefined) throw new Error('every basis has a free term');
    const { [free.name]: _left, ...rest } = values;
    for (const wrong of [rest, { ...values, [free.name]: NaN }]) {
      expect(refusal(() => priceWith(basis, wrong, context())).code).toBe('COEFFICIENTS_MISSING');
    }
  });
});

describe('priceWith', () => {
  it('leaves terms that the prior fixes at their mean', () => {
    const { gemm: _fixed, ...rest } = priorValues(opRooflineBasis);
    const of = batch({ decodeRequests: 3, decodeContextTokens: 30 });
    expect(priceWith(opRooflineBasis, rest, context()).stepUs(of)).toBe(
      priceWith(opRooflineBasis, priorValues(opRooflineBasis), context()).stepUs(of),
    );
  });

  it('splits the front end in halves for op-roofline', () => {
    const model = priceWith(opRooflineBasis, { ...priorValues(opRooflineBasis), frontEnd: 8 }, context());
    expect([model.frontBeforeUs, model.frontAfterUs, model.frontAfterPerOutputTokenUs]).toEqual([4000, 4000, 0]);
  });

  it.each([rooflineBasis, trainedPhysicsBasis])('puts α0 before, α1 and α2 after for $name', (basis) => {
    const values = { ...priorValues(basis), queueing: 9315, postDecode: 1850, outputToken: 1.708 };
    const model = priceWith(basis, values, context());
    expect([model.frontBeforeUs, model.frontAfterUs, model.frontAfterPerOutputTokenUs]).toEqual([9315, 1850, 1.708]);
  });
});
