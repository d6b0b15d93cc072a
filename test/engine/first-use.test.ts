import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LatencyModel } from '../../src/coefficients/latency-model.js';
import { simulate } from '../../src/engine/index.js';
import { affineLatency, H100, LLAMA_8B, server, table, type Row } from './setup.js';

const ready = affineLatency({ stepUs: 10_000, prefillTokenUs: 0, decodeUs: 0, contextTokenUs: 0 });
const COMPILE_US = 500_000;

/** Batches above three tokens need a kernel of their own for each token count; that of 9 tokens was profiled. */
const compiling: LatencyModel = {
  ...ready,
  firstUse: { readyTokens: 3, kernelOf: (tokens) => tokens, profiledKernel: 9, compileUs: COMPILE_US },
};

const run = (rows: readonly Row[], latency: LatencyModel, recordSteps = false) =>
  simulate({ arch: LLAMA_8B, gpu: H100, server: server(), requests: table(rows), latency, recordSteps });

const inOrder = (rows: readonly Row[]) => rows.toSorted((a, b) => a.at - b.at);

describe('kernels compiled at first use', () => {
  const apart = [0, 2e6, 4e6, 6e6];

  it('delay the first batch that needs one, and only that', () => {
    const prompts = [5, 5, 2, 9];
    const { trace, summary } = run(
      apart.map((at, i) => ({ at, prompt: prompts[i]!, output: 1 })),
      compiling,
      true,
    );
    const ttft = [...trace.requests.firstTokenAtUs].map((us, i) => us - apart[i]!);
    expect(ttft).toEqual([COMPILE_US + 10_000, 10_000, 10_000, 10_000]);
    expect(summary.compilations).toBe(1);
    expect(new Set(trace.steps!.periodUs)).toEqual(new Set([10_000])); // the host waits, the GPU does not work longer
  });

  const anyRows = fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 3e6 }),
      prompt: fc.integer({ min: 1, max: 12 }),
      output: fc.integer({ min: 1, max: 40 }),
    }),
    { minLength: 1, maxLength: 12 },
  );

  it('are the same step by step and in strides', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const [single, strides] = [run(inOrder(rows), compiling, true), run(inOrder(rows), compiling)];
        expect(strides.trace.requests.finishedAtUs).toEqual(single.trace.requests.finishedAtUs);
        expect(strides.summary.compilations).toBe(single.summary.compilations);
      }),
    );
  });

  it('never make the last response come sooner', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const last = (latency: LatencyModel) =>
          Math.max(...run(inOrder(rows), latency).trace.requests.finishedAtUs);
        expect(last(compiling)).toBeGreaterThanOrEqual(last(ready));
      }),
    );
  });
});
