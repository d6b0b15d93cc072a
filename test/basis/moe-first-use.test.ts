import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moeFirstUse } from '../../src/basis/op-roofline/moe-first-use.js';
import { opRooflineBasis } from '../../src/basis/index.js';
import { context, SERVER, TINY, TINY_MOE } from './contexts.js';

/** Experts and experts per token of Mixtral: 2·T slots, padded by −8 modulo 16. */
const MIXTRAL = { ...TINY_MOE, moe: { ...TINY_MOE.moe!, experts: 8, expertsPerToken: 2 } };
const server = { ...SERVER, maxNumSeqs: 128, maxNumBatchedTokens: 2048 };

describe('kernels of 16-bit experts', () => {
  const { kernelOf, readyTokens, profiledKernel } = moeFirstUse(MIXTRAL, server)!;

  it('are one for each tuned size and each way slots divide by 16', () => {
    // 1072 and 1096 are multiples of 8, 1092 is 4 more than one, 1075 and 1081 are neither; all are nearest to 1024
    const [byEight, andFour, neither] = [kernelOf(1072), kernelOf(1092), kernelOf(1075)];
    expect(new Set([byEight, andFour, neither]).size).toBe(3);
    expect(kernelOf(1096)).toBe(byEight);
    expect(kernelOf(1081)).toBe(neither);
    expect(kernelOf(1281)).not.toBe(neither); // nearest to 1536
  });

  it('are ready where CUDA graphs were captured, and for the batch of the profiling run', () => {
    expect(readyTokens).toBe(256);
    expect(profiledKernel).toBe(kernelOf(2048));
  });

  it('are few', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 257, max: 2048 }), { minLength: 300 }), (tokens) => {
        expect(new Set(tokens.map(kernelOf)).size).toBeLessThanOrEqual(3 * 5);
      }),
    );
  });

  it('do not exist in dense models, and come compiled in FP8', () => {
    const fp8 = { ...MIXTRAL, weightBytes: { ...MIXTRAL.weightBytes, experts: 1 } };
    expect(moeFirstUse(TINY, server)).toBeUndefined();
    expect(moeFirstUse(fp8, server)).toBeUndefined();
  });

  it('are only simulated on demand', () => {
    const warm = context({ arch: MIXTRAL });
    expect(opRooflineBasis.compile(warm).firstUse).toBeUndefined();
    expect(opRooflineBasis.compile({ ...warm, coldStart: true }).firstUse).toBeDefined();
  });
});
