import * as fc from 'fast-check';
import type { BasisContext, BasisSet } from '../../src/basis/basis-set.js';
import type { KernelConstants, KernelProvenance } from '../../src/basis/kernel-constants.js';
import { emptyBatch, type BatchShape } from '../../src/trace/batch-shape.js';
import type { GpuSpec } from '../../src/trace/gpu-spec.js';
import type { ModelArch } from '../../src/trace/model-arch.js';
import { DEFAULT_SERVER, type ServerConfig } from '../../src/trace/server-config.js';

/** A dense model small enough to work by hand: head dimension 4, two query heads per KV head. */
export const TINY: ModelArch = {
  name: 'test/tiny',
  family: 'llama',
  layers: 3,
  hiddenSize: 16,
  queryHeads: 4,
  kvHeads: 2,
  headDim: 4,
  vocabSize: 100,
  tiedEmbeddings: false,
  ffnSize: 32,
  weightBytes: { attention: 2, ffn: 2, experts: 2, sharedExpert: 2, vocabulary: 2 },
  kvBytes: 2,
  precision: 'bf16',
  maxContextTokens: 4096,
  sampling: { topPOrTopK: false, repetitionPenalty: 1 },
};

/** The same with a mixture of experts in every layer: 4 experts, 2 per token, and a shared one. */
export const TINY_MOE: ModelArch = {
  ...TINY,
  ffnSize: 0,
  moe: { layers: 3, experts: 4, expertsPerToken: 2, expertFfnSize: 24, sharedExpertFfnSize: 8 },
};

/** Round figures: 1000 FLOP/µs, 100 B/µs of memory, 10 B/µs of link. */
export const GPU: GpuSpec = {
  name: 'test-gpu',
  aliases: [],
  bf16FlopPerUs: 1000,
  fp8FlopPerUs: 2000,
  hbmBytesPerUs: 100,
  memoryBytes: 1e9,
  linkBytesPerUs: 10,
  l2Bytes: 1000,
  source: 'made up',
};

const provenance: KernelProvenance = { method: 'assumed', source: 'made up', notes: 'round figures' };

/** Sharpness 1 adds the two limits, so that products can be worked by hand. */
export const KERNELS: KernelConstants = {
  gpu: 'test-gpu',
  gemm: {
    bf16: { memoryFloorUs: 1, memoryFactor: 2, computeFloorUs: 3, computeFactor: 4, sharpness: 1 },
    fp8: { memoryFloorUs: 5, memoryFactor: 1, computeFloorUs: 0, computeFactor: 1, sharpness: 1 },
    provenance,
  },
  decodeAttention: { floorUs: 10, memoryFactor: 1.5, usPerThousandContextTokens: 20, provenance },
  allReduce: { knots: { '2': { elements: [16, 64, 128], us: [5, 8, 20] } }, provenance },
  moe: {
    launchUs: 2,
    shapes: [
      {
        precision: 'bf16',
        hiddenSize: 16,
        expertFfnSize: 24,
        experts: 4,
        expertsPerToken: 2,
        tensorParallelSize: 1,
        fullUs: 42,
        usPerToken: 0.5,
        at1024TokensUs: 1000,
      },
    ],
    fallback: { launchUs: 7, memoryFactor: 1.25, usPerMillionActivationBytes: 1e5 },
    provenance,
  },
  sampler: { scale: 2, provenance },
};

export const SERVER: ServerConfig = { ...DEFAULT_SERVER, maxNumSeqs: 128 };

export const context = (changes: Partial<BasisContext> = {}): BasisContext => ({
  arch: TINY,
  gpu: GPU,
  server: SERVER,
  kernels: KERNELS,
  ...changes,
});

export const batch = (fields: Partial<BatchShape>): BatchShape => ({ ...emptyBatch(), ...fields });

/** Term values of one batch by name. */
export function evaluate(basis: BasisSet, at: BasisContext, of: BatchShape): Record<string, number> {
  const out = new Float64Array(basis.terms.length).fill(NaN);
  basis.compile(at).evaluate(of, out);
  return Object.fromEntries(basis.terms.map((term, i) => [term.name, out[i] ?? NaN]));
}

/** Any batch that a scheduler could build: decodes with their contexts, and one prompt in chunks. */
export const anyBatch: fc.Arbitrary<BatchShape> = fc
  .record({
    decodeRequests: fc.integer({ min: 0, max: 200 }),
    meanContext: fc.integer({ min: 1, max: 4000 }),
    chunk: fc.integer({ min: 0, max: 2048 }),
    computed: fc.integer({ min: 0, max: 3000 }),
    rest: fc.integer({ min: 0, max: 500 }),
  })
  .filter(({ decodeRequests, chunk }) => decodeRequests + chunk > 0)
  .map(({ decodeRequests, meanContext, chunk, computed, rest }) => ({
    ...emptyBatch(),
    decodeRequests,
    decodeContextTokens: decodeRequests * meanContext,
    ...(chunk === 0
      ? {}
      : {
          prefillTokens: chunk,
          prefillRequests: 1,
          prefillContextTokens: computed + chunk,
          prefillAttentionPairs: chunk * (computed + chunk / 2),
          prefillPromptPairs: chunk * (computed + chunk + rest + chunk / 2),
          newRequests: computed === 0 ? 1 : 0,
        }),
  }));
