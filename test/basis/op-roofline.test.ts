import { describe, expect, it } from 'vitest';
import { opRooflineBasis } from '../../src/basis/index.js';
import { activeExperts } from '../../src/basis/op-roofline/active-experts.js';
import { allReduceUs } from '../../src/basis/op-roofline/all-reduce.js';
import { gemmUs, layerMatrices } from '../../src/basis/op-roofline/gemm.js';
import { sweptMoeUs, unsweptMoeUs } from '../../src/basis/op-roofline/moe.js';
import type { KernelConstants } from '../../src/basis/kernel-constants.js';
import { refusal } from '../refusal.js';
import { batch, context, evaluate, GPU, KERNELS, SERVER, TINY, TINY_MOE } from './contexts.js';

const terms = (at: Parameters<typeof context>[0], of: Parameters<typeof batch>[0]) =>
  evaluate(opRooflineBasis, context(at), batch(of));
const withSharpness = (sharpness: number): KernelConstants => ({
  ...KERNELS,
  gemm: { ...KERNELS.gemm, bf16: { ...KERNELS.gemm.bf16, sharpness } },
});
const tp2 = { ...SERVER, tensorParallelSize: 2 };

describe('matrix product', () => {
  const matrix = { width: 10, depth: 20, bytesPerWeight: 2, count: 1 };

  it('adds memory and compute at sharpness 1', () => {
    // bytes 2·(200 + 5·20 + 5·10) + 2·50 → nk·2 + mk·2 + 2mn = 400 + 200 + 100 = 700; flop 2·5·10·20 = 2000
    expect(gemmUs(5, matrix, KERNELS, GPU)).toBeCloseTo(1 + 2 * 7 + 3 + 4 * 2, 9);
  });

  it('is the Euclidean norm of both at sharpness 2', () => {
    expect(gemmUs(5, matrix, withSharpness(2), GPU)).toBeCloseTo(Math.hypot(15, 11), 9);
  });

  it('takes the FP8 kernel, peak and bytes for one-byte weights', () => {
    // 200 + 100 + 100 = 400 bytes, 2000 flop at 2000 FLOP/µs
    expect(gemmUs(5, { ...matrix, bytesPerWeight: 1 }, KERNELS, GPU)).toBeCloseTo(5 + 4 + 1, 9);
  });

  it('runs FP8 weights through the 16-bit kernel on a GPU without FP8', () => {
    const { fp8FlopPerUs: _none, ...old } = GPU;
    // 200 + 200 + 100 = 500 bytes
    expect(gemmUs(5, { ...matrix, bytesPerWeight: 1 }, KERNELS, old)).toBeCloseTo(1 + 10 + 3 + 8, 9);
  });
});

const sizes = (tp: number) => layerMatrices(TINY, tp).map(({ width, depth }) => [width, depth]);

describe('matrices of a layer', () => {
  it('shards widths, and replicates KV heads beyond their number', () => {
    expect(sizes(1)).toEqual([
      [32, 16], // (4 + 2·2)·4
      [16, 16],
      [64, 16],
      [16, 32],
    ]);
    expect(sizes(4)).toEqual([
      [12, 16], // (1 + 2·1)·4, not (1 + 2·0.5)·4
      [16, 4],
      [16, 16],
      [16, 8],
    ]);
  });

  it('has the shared expert and the router of a mixture of experts, not its routed experts', () => {
    expect(layerMatrices(TINY_MOE, 2).map(({ width, depth, count }) => [width, depth, count])).toEqual([
      [16, 16, 3],
      [16, 8, 3],
      [8, 16, 3],
      [16, 4, 3],
      [4, 16, 3],
    ]);
  });
});

describe('all-reduce', () => {
  const knots = { elements: [16, 64, 128], us: [5, 8, 20] };
  it.each([
    [1, 5],
    [16, 5],
    [40, 6.5],
    [64, 8],
    [96, 14],
    [128, 20],
    [256, 44], // last slope goes on: 20 + 128·12/64
  ])('of %d elements takes %d µs', (elements, us) => {
    expect(allReduceUs(elements, knots)).toBeCloseTo(us, 9);
  });

  it('happens twice a layer, keyed by elements of the padded batch', () => {
    // 5 decodes pad to 8 rows of 16: 128 elements
    expect(terms({ server: tp2 }, { decodeRequests: 5, decodeContextTokens: 5 })['allReduce']).toBe(
      2 * 3 * 20,
    );
  });

  it('costs nothing on one GPU', () => {
    expect(terms({}, { decodeRequests: 5, decodeContextTokens: 5 })['allReduce']).toBe(0);
  });
});

describe('mixture of experts', () => {
  it('reaches k experts with one token, all with many, and follows the skew between', () => {
    expect(activeExperts(1, 4, 2)).toBeCloseTo(2, 1);
    expect(activeExperts(10_000, 128, 8)).toBeCloseTo(128, 6);
    // two experts, one per token: shares 1/(1 + 2^-0.8) and the rest
    const p = 1 / (1 + 2 ** -0.8);
    expect(activeExperts(3, 2, 1)).toBeCloseTo(1 - (1 - p) ** 3 + 1 - p ** 3, 9);
  });

  it('prices a swept shape from its row, straight on to the 1024-token point', () => {
    const [shape] = KERNELS.moe.shapes;
    if (shape === undefined) throw new Error('the fixture has one shape');
    expect(sweptMoeUs(10, shape, 2)).toBeCloseTo(2 + 40 * (activeExperts(10, 4, 2) / 4) + 5, 9);
    const at256 = 2 + 40 * (activeExperts(256, 4, 2) / 4) + 128;
    expect(sweptMoeUs(640, shape, 2)).toBeCloseTo((at256 + 1000) / 2, 9);
    expect(sweptMoeUs(1024, shape, 2)).toBeCloseTo(1000, 9);
    expect(sweptMoeUs(2048, shape, 2)).toBeGreaterThan(2000);
  });

  it('falls back to active weights and activations where its precision was not swept at all', () => {
    const moe = TINY_MOE.moe;
    if (moe === undefined) throw new Error('the fixture is a mixture of experts');
    const kernels = { ...KERNELS, moe: { ...KERNELS.moe, shapes: [] } };
    const at = { ...context({ arch: TINY_MOE, server: tp2 }), kernels };
    // one expert: 3·16·24·2/2 = 1152 bytes; activations 10·16·2 = 320 bytes
    const expected = 7 + (1.25 * activeExperts(10, 4, 2) * 1152) / 100 + 32;
    expect(unsweptMoeUs(10, moe, at)).toBeCloseTo(expected, 9);
    expect(
      evaluate(opRooflineBasis, at, batch({ decodeRequests: 10, decodeContextTokens: 10 }))['moe'],
    ).toBeCloseTo(3 * expected, 9);
  });
});

/** One 16-bit product on the fixture GPU. */
const per = (rows: number, width: number, depth: number) =>
  gemmUs(rows, { width, depth, bytesPerWeight: 2, count: 1 }, KERNELS, GPU);

describe('terms of a whole step', () => {
  it('reads the KV cache of decodes and prefills, and pays for mean context', () => {
    // κ = 2·2·4·2 = 32 bytes; S = 300; s̄ = 100
    const values = terms(
      {},
      {
        decodeRequests: 2,
        decodeContextTokens: 200,
        prefillTokens: 10,
        prefillRequests: 1,
        prefillContextTokens: 100,
      },
    );
    expect(values['attention']).toBeCloseTo(3 * (10 + (1.5 * 300 * 32) / 100 + 2), 9);
  });

  it('counts four operations per pair and head width', () => {
    const values = terms(
      { server: tp2 },
      { prefillTokens: 10, prefillRequests: 1, prefillAttentionPairs: 50 },
    );
    expect(values['prefillAttention']).toBeCloseTo((3 * 4 * 2 * 4 * 50) / 1000, 9);
  });

  it('passes over the padded tokens element by element', () => {
    // 5 → 8 tokens; 8·16 + 3·32 + 3·32 = 320 widths
    expect(terms({}, { decodeRequests: 5, decodeContextTokens: 5 })['elementwise']).toBeCloseTo(
      (3 * 8 * 2 * 320) / 100,
      9,
    );
  });

  it('multiplies matrices over padded tokens, and the head over padded requests', () => {
    const layer = per(24, 32, 16) + per(24, 16, 16) + per(24, 64, 16) + per(24, 16, 32);
    const values = terms(
      {},
      { prefillTokens: 17, prefillRequests: 1, decodeRequests: 2, decodeContextTokens: 9 },
    );
    expect(values['gemm']).toBeCloseTo(3 * layer + per(4, 100, 16), 9);
  });

  it.each([
    [false, 0.015],
    [true, 0.14],
  ])('samples one padded row a request (top-p or top-k: %s)', (topPOrTopK, nsPerLogit) => {
    const arch = { ...TINY, sampling: { topPOrTopK, repetitionPenalty: 1 } };
    const values = terms({ arch }, { decodeRequests: 3, decodeContextTokens: 3 });
    expect(values['sampler']).toBeCloseTo((4 * 100 * nsPerLogit * 2) / 1000, 12);
    expect(values['topPStep']).toBe(topPOrTopK ? 1 : 0);
  });

  it('counts framework costs where they apply', () => {
    const dense = terms({}, { decodeRequests: 1, decodeContextTokens: 1 });
    expect(dense).toMatchObject({
      layer: 3,
      tpLayer: 0,
      penaltyStep: 0,
    });
    const weightBytes = { ...TINY.weightBytes, experts: 1, sharedExpert: 1 };
    const arch = { ...TINY_MOE, weightBytes, sampling: { topPOrTopK: true, repetitionPenalty: 1.05 } };
    const step = { decodeRequests: 1, decodeContextTokens: 1 };
    expect(terms({ arch, server: tp2 }, step)).toMatchObject({
      tpLayer: 3,
      penaltyStep: 1,
      penaltyNewRequestStep: 0,
    });
    const joined = { ...step, prefillTokens: 4, prefillRequests: 2, newRequests: 2 };
    expect(terms({ arch, server: tp2 }, joined)['penaltyNewRequestStep']).toBe(1);
  });
});

describe('optional operator constants', () => {
  const step = {
    decodeRequests: 2,
    decodeContextTokens: 20,
    prefillTokens: 10,
    prefillRequests: 1,
    prefillContextTokens: 10,
    prefillAttentionPairs: 50,
  };
  const withKernels = (kernels: Partial<KernelConstants>) =>
    terms({ kernels: { ...KERNELS, ...kernels }, server: tp2 }, step);

  it('adds a pass over the depth and over the activations to a product', () => {
    const bf16 = { ...KERNELS.gemm.bf16, usPerThousandDepth: 100, usPerMillionActivations: 1e4 };
    const kernels = { ...KERNELS, gemm: { ...KERNELS.gemm, bf16 } };
    const matrix = { width: 10, depth: 20, bytesPerWeight: 2, count: 1 };
    expect(gemmUs(5, matrix, kernels, GPU)).toBeCloseTo(gemmUs(5, matrix, KERNELS, GPU) + 2 + 1, 9);
  });

  it('adds a time for each decode to attention', () => {
    const decodeAttention = { ...KERNELS.decodeAttention, usPerRequest: 0.25 };
    const before = withKernels({})['attention'] ?? NaN;
    expect(withKernels({ decodeAttention })['attention']).toBeCloseTo(before + 3 * 2 * 0.25, 9);
  });

  it('scales prefill arithmetic and adds its traffic', () => {
    const { provenance } = KERNELS.decodeAttention;
    const prefillAttention = { computeFactor: 1.5, memoryFactor: 2, provenance };
    // arithmetic 4·2·4·50/1000 = 1.6; traffic 10·2·2·(2 + 1)·4/100 = 4.8
    expect(withKernels({ prefillAttention })['prefillAttention']).toBeCloseTo(3 * (1.5 * 1.6 + 2 * 4.8), 9);
  });

  it('follows the sweep through its larger token counts', () => {
    const [shape] = KERNELS.moe.shapes;
    if (shape === undefined) throw new Error('the fixture has one shape');
    const large = { ...shape, largeTokens: { tokens: [512, 1024, 2048], us: [500, 700, 1500] } };
    const at = [512, 768, 1024, 1536, 4096].map((tokens) => sweptMoeUs(tokens, large, 2));
    [500, 600, 700, 1100, 3100].forEach((us, i) => expect(at[i]).toBeCloseTo(us, 9));
  });

  it('has a fallback of its own for FP8 experts, with their arithmetic', () => {
    const moe = TINY_MOE.moe;
    if (moe === undefined) throw new Error('the fixture is a mixture of experts');
    const arch = { ...TINY_MOE, weightBytes: { ...TINY_MOE.weightBytes, experts: 1 } };
    const fp8Fallback = { launchUs: 3, memoryFactor: 1, usPerMillionActivationBytes: 0, computeFactor: 2 };
    const kernels = { ...KERNELS, moe: { ...KERNELS.moe, fp8Fallback } };
    const at = { ...context({ arch }), kernels };
    // one expert: 3·16·24 = 1152 bytes; arithmetic 2·10·2·1152 = 46080 FLOP at 2000 FLOP/µs
    const expected = 3 + activeExperts(10, 4, 2) * 11.52 + 2 * 23.04;
    expect(unsweptMoeUs(10, moe, at)).toBeCloseTo(expected, 9);
  });
});

const refused = (changes: Parameters<typeof context>[0]) =>
  refusal(() => opRooflineBasis.compile(context(changes)));

describe('refusals', () => {
  it('needs operator times', () => {
    const { kernels: _none, ...bare } = context();
    expect(refusal(() => opRooflineBasis.compile(bare)).code).toBe('COEFFICIENTS_MISSING');
  });

  it('needs an all-reduce sweep of the tensor-parallel size', () => {
    const error = refused({ server: { ...SERVER, tensorParallelSize: 4 } });
    expect(error.code).toBe('COEFFICIENTS_MISSING');
    expect(error.hint).toContain('1 or 2');
  });

  it('needs one of the data-parallel size for a mixture of experts', () => {
    const error = refused({ arch: TINY_MOE, server: { ...SERVER, dataParallelSize: 4 } });
    expect(error.code).toBe('COEFFICIENTS_MISSING');
    expect(error.message).toContain('over 4 ranks');
  });
});

const decodes = (count: number) => batch({ decodeRequests: count, decodeContextTokens: 7 * count });

describe('data-parallel ranks of a mixture of experts', () => {
  const dp2 = { ...SERVER, dataParallelSize: 2 };
  const compiled = opRooflineBasis.compile(context({ arch: TINY_MOE, server: dp2 }));
  /** Terms of a rank with 2 decodes while the largest has so many tokens. */
  const rank = (largestTokens: number): Record<string, number> => {
    const out = new Float64Array(opRooflineBasis.terms.length);
    compiled.evaluateRank!(decodes(2), largestTokens, out);
    return Object.fromEntries(opRooflineBasis.terms.map((term, i) => [term.name, out[i]!]));
  };

  it('exchange the tokens of all of them, padded to the largest', () => {
    // 3 layers, 2 ranks, 4 tokens (5 padded to 8) of width 16: knots at 128 elements 20 µs, then 12/64 µs per element
    expect(rank(4)['allReduce']).toBeCloseTo(3 * 20, 9);
    expect(rank(5)['allReduce']).toBeCloseTo(3 * (20 + (12 / 64) * 128), 9);
  });

  it('compute the experts of a rank as two tensor-parallel ranks compute those of all tokens', () => {
    const sharded = terms({ arch: TINY_MOE, server: tp2 }, decodes(12));
    expect(rank(6)['moe']).toBeCloseTo(sharded['moe']!, 9);
  });

  it('attend and sample for their own requests, and pad the rest', () => {
    const [own, padded] = [terms({ arch: TINY_MOE }, decodes(2)), terms({ arch: TINY_MOE }, decodes(8))];
    expect(rank(8)).toMatchObject({ attention: own['attention'], sampler: own['sampler'] });
    expect(rank(8)['elementwise']).toBe(padded['elementwise']);
  });

  it('have no such price when the model is dense, or on one rank', () => {
    expect(opRooflineBasis.compile(context({ server: dp2 })).evaluateRank).toBeUndefined();
    expect(opRooflineBasis.compile(context({ arch: TINY_MOE })).evaluateRank).toBeUndefined();
  });
});
