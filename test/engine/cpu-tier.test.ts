import { describe, expect, it } from 'vitest';
import { CpuBlocks } from '../../src/engine/cpu-tier/cpu-blocks.js';
import { simulate } from '../../src/engine/index.js';
import { blockCopyUs } from '../../src/engine/kv-capacity.js';
import { affineLatency, H100, LLAMA_8B, refusal, server, table } from './setup.js';

/** Every step takes 10 ms plus 1 ms for each prefill token. */
const latency = affineLatency({ stepUs: 10_000, prefillTokenUs: 1_000, decodeUs: 0, contextTokenUs: 0 });
/** 2 tokens · 32 layers · 8 heads · 2 · 128 · 2 bytes over this link: 1 ms a block. */
const gpu = { ...H100, hostLinkBytesPerUs: 262.144 };
const tiny = { blockSizeTokens: 2, totalKvBlocks: 5, asyncScheduling: false, cpuKvBlocks: 8 };

describe('the CPU tier, worked by hand', () => {
  it('keeps what the GPU evicts, and brings it back', () => {
    const requests = table([
      { at: 0, prompt: 6, output: 1, promptId: 0 },
      { at: 40_000, prompt: 8, output: 1, promptId: 1 },
      { at: 100_000, prompt: 6, output: 1, promptId: 0 },
    ]);
    const { trace, summary } = simulate({
      arch: LLAMA_8B,
      gpu,
      server: server(tiny),
      requests,
      latency,
      check: true,
      withCpuTier: true,
    });
    // A computes 0 – 16; its 3 blocks are copied 16 – 19, with the batch that tells the worker of its end.
    // B needs all 4 blocks at 40, when A still holds 3: the next look at the copies, at 40, frees them, and after 1 ms
    // of sleep B computes 41 – 59 over A's blocks. Copied 59 – 63.
    // C finds B's blocks held at 100, and at 101 loads A's 3 from the CPU: done at 104, seen at 104, and noticed 1 ms
    // later; of a prompt that was loaded in full one token is computed again, 105 – 116.
    expect(trace.requests.finishedAtUs).toEqual(Float64Array.of(16_000, 59_000, 116_000));
    expect(trace.requests.cachedTokens).toEqual(Int32Array.of(0, 0, 5));
    expect(summary).toMatchObject({ cpuBlocksStored: 7, cpuBlocksLoaded: 3, steps: 3 });
  });

  it('is left out without blocks for it', () => {
    const requests = table([{ at: 0, prompt: 6, output: 3 }]);
    const run = (cpuKvBlocks: number) =>
      simulate({
        arch: LLAMA_8B,
        gpu,
        server: server({ ...tiny, cpuKvBlocks }),
        requests,
        latency,
        withCpuTier: true,
      });
    expect(run(0).summary.cpuBlocksStored).toBe(0);
    // 6 + 2 computed tokens are 4 full blocks; a single CPU block never has room for the 3 of the prompt.
    expect(run(8).summary.cpuBlocksStored).toBe(4);
    expect(run(1).summary.cpuBlocksStored).toBe(0);
  });

  it('is refused for a GPU whose link to the host is not known', () => {
    const { hostLinkBytesPerUs: _, ...unlinked } = gpu;
    expect(() => blockCopyUs(LLAMA_8B, unlinked, server(tiny))).toThrow(
      refusal('ENGINE_INVALID', 'cpuKvBlocks is set, and H100 has no link to the host'),
    );
  });
});

/** Three blocks of which some hold contents. */
const stored = (...hashes: number[]) => {
  const cpu = new CpuBlocks(3);
  for (const hash of hashes) cpu.endStore(cpu.beginStore(hash));
  return cpu;
};

describe('blocks of the CPU tier', () => {
  it('are evicted least recently used first', () => {
    const cpu = stored(7, 8, 9);
    cpu.touch(cpu.find(7));
    expect(cpu.makeRoom(1)).toBe(true);
    expect([7, 8, 9].map((hash) => cpu.find(hash) >= 0)).toEqual([true, false, true]);
  });

  it('are kept while they are stored or loaded', () => {
    const cpu = stored(7, 8);
    cpu.beginStore(9);
    cpu.beginLoad(cpu.find(7));
    expect(cpu.makeRoom(2)).toBe(false);
    expect(cpu.makeRoom(1)).toBe(true);
    expect(cpu.find(8)).toBe(-1);
    expect(cpu.isReadable(cpu.find(9))).toBe(false);
  });
});
