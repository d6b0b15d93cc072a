import { describe, expect, it } from 'vitest';
import { readCatalog, readCoefficientSet, resolveLayers } from '../../src/coefficients/index.js';
import { scopeGaps, setScopeGaps } from '../../src/coefficients/scope-gaps.js';
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
    expect(setScopeGaps(set, served('Llama-2-7b-hf', 'H100', 1))).toEqual([]);
  });

  it('name each dimension that was not fitted, once', () => {
    const gaps = setScopeGaps(set, served('qwen3-14b', 'H200', 8));
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
