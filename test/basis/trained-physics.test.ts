import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peerArch } from '../../src/basis/peer-arch.js';
import { fromBlis, latencyModel } from '../../src/coefficients/index.js';
import type { ModelArch } from '../../src/trace/model-arch.js';
import type { ServerConfig } from '../../src/trace/server-config.js';
import { batch, context, GPU, SERVER, TINY, TINY_MOE } from './contexts.js';
import { peerParts, peerStepUs, type PeerStep } from './trained-physics-equations.js';

/** Dense and MoE layers alternate. */
const INTERLEAVED: ModelArch = {
  ...TINY,
  moe: { layers: 1, experts: 4, expertsPerToken: 1, expertFfnSize: 8, sharedExpertFfnSize: 8 },
};
const FP8: ModelArch = { ...TINY, precision: 'fp8' };

type Requests = Pick<PeerStep, 'prefills' | 'decodes'>;

/** The step in the peer's symbols. */
const inSymbols = (arch: ModelArch, server: ServerConfig, requests: Requests): PeerStep => ({
  model: peerArch(arch),
  TP: server.tensorParallelSize,
  DP: server.dataParallelSize,
  F: arch.precision === 'fp8' ? GPU.fp8FlopPerUs! : GPU.bf16FlopPerUs,
  BW: GPU.hbmBytesPerUs,
  ...requests,
});

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const servedOn = (tp: number, dp = 1): ServerConfig => ({
  ...SERVER,
  tensorParallelSize: tp,
  dataParallelSize: dp,
});

/** The step as Trueline prices it, with coefficients imported by position. */
function importedStepUs(
  arch: ModelArch,
  server: ServerConfig,
  { prefills, decodes }: Requests,
  beta: readonly number[],
): number {
  const set = fromBlis({ alpha: [0, 0, 0], beta }, { name: 'peer', source: { name: 'made up' }, scope: {} });
  return latencyModel(set, context({ arch, server })).stepUs(
    batch({
      prefillTokens: total(prefills.map(({ t }) => t)),
      prefillRequests: prefills.length,
      prefillPromptPairs: total(prefills.map(({ t, s }) => t * (s + t / 2))),
      decodeRequests: decodes.length,
      decodeContextTokens: total(decodes) + decodes.length,
    }),
  );
}

const anyStep = fc.record({
  arch: fc.constantFrom(TINY, TINY_MOE, INTERLEAVED, FP8),
  tensorParallelSize: fc.constantFrom(1, 2, 4),
  mixtureDp: fc.constantFrom(1, 2, 4),
  prefills: fc.array(
    fc.record({ t: fc.integer({ min: 1, max: 500 }), s: fc.integer({ min: 1, max: 900 }) }),
    {
      maxLength: 3,
    },
  ),
  decodes: fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 100 }),
  beta: fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 7, maxLength: 11 }),
});

describe('trained-physics against the published equations', () => {
  it('is them to 1e-9 for every number of coefficients, model and rank layout', () => {
    fc.assert(
      fc.property(anyStep, ({ arch, tensorParallelSize, mixtureDp, prefills, decodes, beta }) => {
        const dataParallelSize = arch.moe === undefined ? 1 : mixtureDp;
        const server = { ...SERVER, tensorParallelSize, dataParallelSize };
        const expected = peerStepUs(inSymbols(arch, server, { prefills, decodes }), beta);
        const found = importedStepUs(arch, server, { prefills, decodes }, beta);
        expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, expected));
      }),
    );
  });

  const STEP: Requests = {
    prefills: [
      { t: 4, s: 20 },
      { t: 2, s: 5 },
    ],
    decodes: [10, 10, 10, 10],
  };
  const BETA = [2, 3, 0.5, 4, 10, 5, 100, 7, 0.25, 0.125, 6];
  // TINY: L 3, d 16, H 4, h 4, dkv 8, f 32; 1000 FLOP/µs (FP8 2000), 100 B/µs. P 6, Σt(s+t/2) = 4·22 + 2·6 = 100, D 4, Σc 40.
  it.each([
    // Pc (27 648 + 3·64·100 + 55 296)/1000, Dc (18 432 + 3·64·40 + 36 864)/1000, W 2·(3·768 + 3·1536)/100 = 138.24
    ['dense', TINY, servedOn(1), 2 * 102.144 + 0.25 * 5.76 + 3 * 62.976 + 0.125 * 42.24 + 0.5 * 138.24 + 160],
    // every part is halved; Ta + Td = 2·3·10·16·2·2·½/100 = 19.2
    [
      'dense on two GPUs',
      TINY,
      servedOn(2),
      2 * 51.072 + 0.25 * 2.88 + 3 * 31.488 + 0.125 * 21.12 + 0.5 * 69.12 + 4 * 19.2 + 160,
    ],
    // half the arithmetic time at twice the peak, half the weight bytes
    ['FP8', FP8, servedOn(1), 2 * 51.072 + 0.25 * 5.76 + 3 * 31.488 + 0.125 * 42.24 + 0.5 * 69.12 + 160],
    // Pc (6912 + 4800 + 20 736 + 3456)/1000, Dc (4608 + 1920 + 13 824 + 2304)/1000, W (2304 + 6912 + 1152)/100, Ta V(3)/2 = 4.8,
    // Tx 3·5·¾·2·16·2/100 = 7.2
    [
      'a mixture of experts on 2 × 2 ranks',
      TINY_MOE,
      servedOn(2, 2),
      2 * 35.904 + 0.25 * 1.44 + 3 * 22.656 + 0.125 * 10.56 + 0.5 * 103.68 + 4 * 4.8 + 6 * 7.2 + 160,
    ],
    // one of three layers has experts: Pc (27 648 + 19 200 + 4608 + 4608 + 36 864)/1000, Dc (18 432 + 7680 + 3072 + 3072 + 24 576)/1000,
    // W 2·(2304 + 1536 + 384 + 3072)/100 = 145.92; 7 more µs for the layer
    [
      'interleaved dense and MoE layers',
      INTERLEAVED,
      servedOn(1),
      2 * 92.928 + 0.25 * 5.76 + 3 * 56.832 + 0.125 * 42.24 + 0.5 * 145.92 + 160 + 7,
    ],
  ] as const)('worked by hand: %s', (_what, arch, at, expected) => {
    // of which layers 10·3 + requests 5·6 + step 100 = 160
    expect(importedStepUs(arch, at, STEP, BETA)).toBeCloseTo(expected, 9);
    expect(peerStepUs(inSymbols(arch, at, STEP), BETA)).toBeCloseTo(expected, 9);
  });

  it('takes the larger of compute and memory with 8 coefficients, for decode only with 9', () => {
    const [step, at] = [inSymbols(TINY, servedOn(1), STEP), servedOn(1)];
    const { Pc, Pk, Dc, Dk } = peerParts(step);
    const only = (...beta: number[]): number => importedStepUs(TINY, at, STEP, beta);
    expect(only(1, 0, 0, 0, 0, 0, 0, 0)).toBeCloseTo(Math.max(Pc, Pk), 9);
    expect(only(0, 1, 0, 0, 0, 0, 0, 0)).toBeCloseTo(Math.max(Dc, Dk), 9);
    expect(only(1, 1, 0, 0, 0, 0, 0, 0, 1)).toBeCloseTo(Pc + Pk + Math.max(Dc, Dk), 9);
  });

  it('prices the expert exchange with β4 where β11 is left out', () => {
    const at = servedOn(2, 2);
    const ten = [0, 0, 0, 4, 0, 0, 0, 0, 0, 0];
    expect(importedStepUs(TINY_MOE, at, STEP, ten)).toBeCloseTo(4 * (4.8 + 7.2), 9);
    expect(importedStepUs(TINY_MOE, at, STEP, [...ten, 0])).toBeCloseTo(4 * 4.8, 9);
    expect(importedStepUs(TINY_MOE, at, STEP, ten.slice(0, 8))).toBeCloseTo(4 * (4.8 + 7.2), 9);
  });

  it('prices a data-parallel rank of a dense model as an engine of its own', () => {
    expect(importedStepUs(TINY, servedOn(2, 4), STEP, BETA)).toBe(
      importedStepUs(TINY, servedOn(2), STEP, BETA),
    );
  });
});
