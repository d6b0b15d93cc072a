import { describe, expect, it } from 'vitest';
import { readCatalog } from '../../src/coefficients/index.js';
import { assumedSampling } from '../../src/ingest/assumed-sampling.js';

const catalog = await readCatalog();

describe('sampling defaults assumed from a name', () => {
  it.each(catalog.modelNames)('are those that %s was published with', (name) => {
    expect(assumedSampling(name)).toEqual({ ...catalog.model(name).sampling, assumed: true });
    expect(assumedSampling(name.slice(name.indexOf('/') + 1))).toEqual(assumedSampling(name));
  });

  it.each([
    ['RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8', true, 1],
    ['meta-llama/Meta-Llama-3-8B-Instruct', true, 1],
    ['meta-llama/Llama-4-Maverick-17B-128E-Instruct', true, 1],
    ['Qwen/Qwen2.5-7B', false, 1],
    ['Qwen/Qwen2-7B-Instruct', true, 1.05],
    ['Qwen/Qwen3-Coder-30B-A3B-Instruct', true, 1.05],
    ['Qwen/Qwen3-8B-Base', false, 1],
    ['google/gemma-3-27b-it', true, 1],
    ['google/gemma-2-9b-it', false, 1],
    ['deepseek-ai/DeepSeek-R1-Distill-Qwen-7B', true, 1],
    ['codellama/CodeLlama-34b-hf', false, 1],
    ['someone/new-model', false, 1],
  ] as const)('of %s are top-p or top-k %s, repetition penalty %d', (name, topPOrTopK, repetitionPenalty) => {
    expect(assumedSampling(name)).toEqual({ topPOrTopK, repetitionPenalty, assumed: true });
  });
});
