import { describe, expect, it } from 'vitest';
import { basisByName, rooflineBasis, trainedPhysicsBasis } from '../../src/basis/index.js';
import { refusal } from '../refusal.js';
import { batch, context, evaluate, GPU, SERVER, TINY, TINY_MOE } from './contexts.js';

const tp2 = { ...SERVER, tensorParallelSize: 2 };
/** 6 prefill tokens of one request and 4 decodes; the decodes held 40 tokens before the step. */
const STEP = batch({
  prefillTokens: 6,
  prefillRequests: 1,
  prefillPromptPairs: 100,
  decodeRequests: 4,
  decodeContextTokens: 44,
});

function expectTerms(values: Record<string, number>, expected: Record<string, number>) {
  for (const [name, value] of Object.entries(expected)) expect(values[name], name).toBeCloseTo(value, 9);
}

/** Roofline terms of `decodeRequests` first decodes of the mixture. */
const mixtureDecodes = (decodeRequests: number) =>
  evaluate(
    rooflineBasis,
    context({ arch: TINY_MOE }),
    batch({ decodeRequests, decodeContextTokens: decodeRequests }),
  );

describe('roofline, worked by hand', () => {
  it('dense on two GPUs', () => {
    expectTerms(evaluate(rooflineBasis, context({ server: tp2 }), STEP), {
      // (2·3·6·768/2 + 3·4·2·4·100 + 6·3·6·16·32/2)/1000, against 3·2·1·4·6·2/100 = 2.88
      prefill: 51.072,
      // (2·3·4·768/2 + 3·4·2·4·40 + 6·3·4·16·32/2)/1000, against 3·2·1·4·2·44/100 = 21.12
      decode: 31.488,
      weights: (3 * 768 + 3 * 3 * 16 * 32) / 100,
      communication: (3 * 2 * 10 * 16 * 2) / 10,
      layers: 3,
      requests: 5,
      step: 1,
    });
  });

  it('takes the KV side once arithmetic is fast enough', () => {
    const gpu = { ...GPU, bf16FlopPerUs: 1e9 };
    expectTerms(evaluate(rooflineBasis, context({ server: tp2, gpu }), STEP), {
      prefill: 2.88,
      decode: 21.12,
    });
  });

  it('doubles communication from four GPUs on', () => {
    const server = { ...SERVER, tensorParallelSize: 4 };
    expectTerms(evaluate(rooflineBasis, context({ server }), STEP), { communication: 384 });
  });

  it('counts k experts for one token and at most all of them', () => {
    expectTerms(mixtureDecodes(1), { weights: (3 * 768 * 2 + 3 * 2 * 3 * 16 * 24 * 2) / 100 });
    expectTerms(mixtureDecodes(2), { weights: (3 * 768 * 2 + 3 * 4 * 3 * 16 * 24 * 2) / 100 });
    expectTerms(mixtureDecodes(9), { weights: (3 * 768 * 2 + 3 * 4 * 3 * 16 * 24 * 2) / 100 });
  });
});

describe('trained-physics, worked by hand', () => {
  it('dense on two GPUs', () => {
    expectTerms(evaluate(trainedPhysicsBasis, context({ server: tp2 }), STEP), {
      prefillCompute: 51.072,
      decodeCompute: 31.488,
      weights: 69.12,
      tpCommunication: 19.2, // after attention and after the FFN: 2 · 3·10·16·2·2·½/100
      layers: 3,
      requests: 5,
      step: 1,
      interleavedMoeLayers: 0,
      prefillKv: 2.88,
      decodeKv: 21.12,
      expertExchange: 0,
    });
  });

  it('a mixture of experts on 2 × 2 ranks', () => {
    const server = { ...tp2, dataParallelSize: 2 };
    expectTerms(evaluate(trainedPhysicsBasis, context({ arch: TINY_MOE, server }), STEP), {
      prefillCompute: (6912 + 4800 + 20_736 + 3456) / 1000,
      decodeCompute: (4608 + 1920 + 13_824 + 2304) / 1000,
      weights: (2304 + 6912 + 1152) / 100,
      tpCommunication: 4.8, // after attention only, spread over two ranks
      prefillKv: 1.44,
      decodeKv: 10.56,
      expertExchange: (3 * (10 / 2) * (3 / 4) * 2 * 16 * 2) / 100,
    });
  });

  it('halves weight bytes and doubles the peak for FP8', () => {
    const arch = { ...TINY, precision: 'fp8' as const };
    const values = evaluate(trainedPhysicsBasis, context({ arch, server: tp2 }), STEP);
    expectTerms(values, { weights: 34.56, prefillCompute: 25.536 });
  });

  it('counts MoE layers separately where dense ones alternate with them', () => {
    const arch = {
      ...TINY,
      moe: { layers: 1, experts: 4, expertsPerToken: 1, expertFfnSize: 8, sharedExpertFfnSize: 0 },
    };
    expectTerms(evaluate(trainedPhysicsBasis, context({ arch }), STEP), { interleavedMoeLayers: 1 });
  });
});

describe('basisByName', () => {
  it('finds what ships', () => {
    expect(basisByName('roofline')).toBe(rooflineBasis);
  });

  it('names the nearest for an unknown one', () => {
    const error = refusal(() => basisByName('rooflin', { file: 'set.json', line: 3 }));
    expect(error).toMatchObject({ code: 'COEFFICIENTS_INVALID', file: 'set.json', line: 3 });
    expect(error.hint).toContain('`roofline`');
  });
});
