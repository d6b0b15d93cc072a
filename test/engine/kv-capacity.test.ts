import { describe, expect, it } from 'vitest';
import { kvCapacityBlocks } from '../../src/engine/index.js';
import type { ModelArch } from '../../src/trace/model-arch.js';
import { H100, LLAMA_8B, refusal, server } from './setup.js';

const dense = (
  name: string,
  layers: number,
  hiddenSize: number,
  ffnSize: number,
  queryHeads: number,
  kvHeads: number,
  vocabSize: number,
  maxContextTokens: number,
): ModelArch => ({
  ...LLAMA_8B,
  name,
  layers,
  hiddenSize,
  ffnSize,
  queryHeads,
  kvHeads,
  vocabSize,
  maxContextTokens,
});

const LLAMA2_7B = dense('llama-2-7b', 32, 4096, 11008, 32, 32, 32000, 4096);
const LLAMA2_70B = dense('llama-2-70b', 80, 8192, 28672, 64, 8, 32000, 4096);
const LLAMA31_70B = dense('llama-3.1-70b', 80, 8192, 28672, 64, 8, 128256, 131072);
const CODELLAMA = dense('codellama-34b', 48, 8192, 22016, 64, 8, 32000, 16384);
const QWEN = dense('qwen2.5-7b', 28, 3584, 18944, 28, 4, 152064, 32768);
const NEMO = dense('mistral-nemo', 40, 5120, 14336, 32, 8, 131072, 131072);
const YI = dense('yi-34b', 60, 7168, 20480, 56, 8, 64000, 4096);
const MIXTRAL: ModelArch = {
  ...dense('mixtral-8x7b', 32, 4096, 0, 32, 8, 32000, 32768),
  moe: { layers: 32, experts: 8, expertsPerToken: 2, expertFfnSize: 14336, sharedExpertFfnSize: 0 },
};

/** Counts vLLM v0.15.1 logged on H100 with 128 seats and 0.9 of the memory (see the source of `kvCapacityBlocks`). */
const PUBLISHED = [
  [LLAMA2_7B, 1, 2048, 7463],
  [LLAMA2_70B, 4, 2048, 31357],
  [MIXTRAL, 2, 2048, 27511],
  [CODELLAMA, 2, 2048, 26603],
  [QWEN, 1, 2048, 65352],
  [QWEN, 1, 1024, 65368],
  [NEMO, 1, 2048, 19251],
  [NEMO, 2, 1024, 48009],
  [LLAMA31_70B, 4, 8192, 30251],
  [LLAMA31_70B, 4, 2048, 30425],
  [YI, 2, 2048, 20793],
] as const;

describe('kvCapacityBlocks', () => {
  it.each(PUBLISHED)(
    'is within 1 %% of the published count: %o',
    (arch, tensorParallelSize, maxNumBatchedTokens, count) => {
      const blocks = kvCapacityBlocks(
        arch,
        H100,
        server({ tensorParallelSize, maxNumBatchedTokens, maxNumSeqs: 128 }),
      );
      expect(Math.abs(blocks / count - 1)).toBeLessThan(0.01);
    },
  );

  it('believes the server', () => {
    expect(kvCapacityBlocks(LLAMA_8B, H100, server({ totalKvBlocks: 123 }))).toBe(123);
  });

  it('halves with twice the bytes per element, up to what is shared', () => {
    const blocks = kvCapacityBlocks(LLAMA_8B, H100, server());
    const wide = kvCapacityBlocks({ ...LLAMA_8B, kvBytes: 4 }, H100, server());
    expect(wide).toBe(Math.floor(blocks / 2));
  });

  it('replicates KV heads on more ranks than heads', () => {
    const few = kvCapacityBlocks({ ...LLAMA_8B, kvHeads: 2 }, H100, server({ tensorParallelSize: 2 }));
    const many = kvCapacityBlocks({ ...LLAMA_8B, kvHeads: 2 }, H100, server({ tensorParallelSize: 8 }));
    // Only the weights shrink from 2 to 8 ranks: the cache of each rank holds one head either way.
    expect(many).toBeGreaterThan(few);
    expect(many).toBeLessThan(1.3 * few);
  });

  it('grows with data-parallel ranks of a mixture, which share its experts', () => {
    const apart = kvCapacityBlocks(MIXTRAL, H100, server({ tensorParallelSize: 2 }));
    const shared = kvCapacityBlocks(MIXTRAL, H100, server({ tensorParallelSize: 2, dataParallelSize: 2 }));
    // 32 layers of 8 experts with 3 · 4096 · 14336 weights of 2 bytes, over 2 and 4 GPUs; blocks of 1 MiB.
    expect(shared - apart).toBeCloseTo((32 * 8 * 3 * 4096 * 14336 * 2 * (1 / 2 - 1 / 4)) / 2 ** 20, -1);
    expect(kvCapacityBlocks(LLAMA_8B, H100, server({ dataParallelSize: 2 }))).toBe(
      kvCapacityBlocks(LLAMA_8B, H100, server()),
    );
  });

  it('refuses a model that does not fit', () => {
    expect(() => kvCapacityBlocks(LLAMA2_70B, H100, server())).toThrow(
      refusal('ENGINE_INVALID', 'llama-2-70b leaves no room for a KV cache on 1 × H100'),
    );
  });
});
