import type { BasisContext, BasisSet } from '../../src/basis/basis-set.js';
import { batchRequests } from '../../src/trace/batch-shape.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';

const about = { formula: '', source: 'test' };

/** step = kernel (fixed at 1) + step + request·B + token·P, front end in ms, streaming per output token in µs. */
export const TOY_BASIS: BasisSet = {
  name: 'toy',
  terms: [
    { name: 'kernel', unit: 'ratio', prior: { mean: 1, sd: 0 }, ...about },
    { name: 'step', unit: 'µs/step', prior: { mean: 500, sd: 1000 }, ...about },
    { name: 'request', unit: 'µs/request', prior: { mean: 50, sd: 100 }, ...about },
    { name: 'token', unit: 'µs/token', prior: { mean: 5, sd: 10 }, ...about },
  ],
  requestTerms: [
    { name: 'front', unit: 'ms', prior: { mean: 2, sd: 4 }, beforeRatio: 0.5, per: 'request', ...about },
    { name: 'stream', unit: 'µs', prior: { mean: 0, sd: 0 }, beforeRatio: 0, per: 'outputToken', ...about },
  ],
  compile: ({ arch }) => ({
    affineInDecodeContext: true,
    evaluate(batch, out) {
      out[0] = arch.layers * (100 + 0.01 * batch.decodeContextTokens);
      out[1] = 1;
      out[2] = batchRequests(batch);
      out[3] = batch.prefillTokens;
    },
  }),
};

export const PLANTED = { step: 1200, request: 80, token: 12, front: 3.5 };

/** A context in which only the number of layers matters. */
export function toyContext(layers = 10): BasisContext {
  return {
    arch: {
      name: `toy-${layers}`,
      family: 'toy',
      layers,
      hiddenSize: 64,
      queryHeads: 4,
      kvHeads: 4,
      headDim: 16,
      vocabSize: 100,
      tiedEmbeddings: true,
      ffnSize: 128,
      weightBytes: { attention: 2, ffn: 2, experts: 2, sharedExpert: 2, vocabulary: 2 },
      kvBytes: 2,
      precision: 'bf16',
      maxContextTokens: 4096,
      sampling: { topPOrTopK: false, repetitionPenalty: 1 },
    },
    gpu: {
      name: 'toy-gpu',
      aliases: [],
      bf16FlopPerUs: 1,
      hbmBytesPerUs: 1,
      memoryBytes: 1,
      linkBytesPerUs: 1,
      l2Bytes: 1,
      source: 'test',
    },
    server: DEFAULT_SERVER,
  };
}
