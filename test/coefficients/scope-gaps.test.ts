import { describe, expect, it } from 'vitest';
import { readCatalog, readCoefficientSet, resolveLayers } from '../../src/coefficients/index.js';
import { beyondFit, scopeGaps } from '../../src/coefficients/scope-gaps.js';
import { largestBatch } from '../../src/trace/largest-batch.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';

const catalog = await readCatalog();
const set = await readCoefficientSet('op-roofline');

function served(model: string, gpu: string, tensorParallelSize: number) {
  const server = { ...DEFAULT_SERVER, tensorParallelSize };
  return { arch: catalog.model(model), gpu: catalog.gpu(gpu), server, kernels: catalog.kernels(gpu) };
}

const names = (model: string, tensorParallelSize: number) =>
  resolveLayers(set, served(model, 'H100', tensorParallelSize)).map(({ layer, name }) => `${layer} ${name}`);

const moeCaveat = (model: string, tensorParallelSize: number) =>
  resolveLayers(set, served(model, 'H100', tensorParallelSize)).find(({ name }) => name === 'moe')?.caveat;

describe('scope gaps', () => {
  it('are none where the coefficients were fitted', () => {
    expect(beyondFit(set, served('Llama-2-7b-hf', 'H100', 1))).toEqual([]);
  });

  it('name each dimension that was not fitted, once', () => {
    const gaps = beyondFit(set, served('qwen3-14b', 'H200', 8));
    expect(gaps.map(({ dimension, value }) => [dimension, value])).toEqual([
      ['model', 'Qwen/Qwen3-14B'],
      ['GPU', 'H200'],
      ['tensor-parallel size', '8'],
    ]);
  });

  it('are none under a scope that says nothing', () => {
    expect(scopeGaps({}, served('qwen3-14b', 'H200', 8))).toEqual([]);
  });
});

describe('resolving a prediction', () => {
  it('takes operators that the model and its parallelism use, then every framework cost', () => {
    expect(names('llama-3.1-8b-instruct', 1)).not.toContain('kernel allReduce');
    expect(names('llama-3.1-8b-instruct', 1)).not.toContain('kernel moe');
    expect(names('mixtral-8x7b-v0.1', 2)).toEqual(
      expect.arrayContaining(['kernel gemm', 'kernel allReduce', 'kernel moe', 'framework layer']),
    );
  });

  it('says when the experts of a model were not swept', () => {
    expect(moeCaveat('mixtral-8x7b-v0.1', 2)).toBeUndefined();
    expect(moeCaveat('llama-4-scout-17b-16e-instruct-fp8-dynamic', 2)).toContain('not swept');
  });
});

describe('batch sizes beyond the fit', () => {
  const steps = {
    count: 4,
    prefillTokens: Float64Array.of(0, 10, 0, 2000),
    decodeRequests: Float64Array.of(1, 5, 6, 7),
    decodeContextTokens: Float64Array.of(1, 1, 1, 1),
    prefillContextTokens: Float64Array.of(0, 10, 0, 2000),
  };
  const fit = { ...set.fit!, largestBatch: { ...largestBatch([steps]), prefillTokens: 2048, decodeRequests: 5 } };

  it('are named with the share of steps beyond', () => {
    expect(beyondFit({ ...set, fit }, served('Llama-2-7b-hf', 'H100', 1), steps)).toEqual([
      { dimension: 'decodes of a step', value: 'up to 7 (50 % of steps beyond)', fittedOn: ['up to 5'] },
    ]);
  });

  it('are unknown where the set does not record its largest batch', () => {
    const { largestBatch: _batch, ...unrecorded } = fit;
    expect(beyondFit({ ...set, fit: unrecorded }, served('Llama-2-7b-hf', 'H100', 1), steps)).toEqual([]);
  });
});
