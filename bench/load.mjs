/** The load the benchmarks share. */
import { readCatalog } from '../dist/coefficients/index.js';
import { DEFAULT_SERVER } from '../dist/trace/server-config.js';

/** Llama-3.1-8B on one H100 as an affine price: weights and launches, prefill work, KV reads. */
export const latency = {
  stepUs: (batch) =>
    6200 +
    20 * batch.prefillTokens +
    6 * batch.decodeRequests +
    0.039 * (batch.decodeContextTokens + batch.prefillContextTokens),
  decodeStepUs: (decodeRequests, contextTokens) => 6200 + 6 * decodeRequests + 0.039 * contextTokens,
  frontBeforeUs: 3800,
  frontAfterUs: 3800,
  hostStepUs: 700,
};

const catalog = await readCatalog();
export const arch = catalog.model('llama-3.1-8b-instruct');
export const gpu = catalog.gpu('H100');
export const server = {
  ...DEFAULT_SERVER,
  maxNumSeqs: 256,
  maxNumBatchedTokens: 8192,
  totalKvBlocks: 27_500,
};

/** A hundred shared prompts in ten groups, 573 prompt and 248 output tokens. */
export const sharedPrefix = (stages) => ({
  kind: 'shared-prefix',
  numGroups: 10,
  promptsPerGroup: 10,
  systemPromptTokens: 100,
  promptTokensMean: 573,
  promptTokensSd: 3,
  outputTokens: 248,
  stages,
  stageGapS: 30,
});
