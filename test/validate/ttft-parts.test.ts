import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/engine/index.js';
import { groupMetrics, traceStages } from '../../src/trace/metrics.js';
import { meanTtftParts, ttftParts, TTFT_PARTS, type TtftParts } from '../../src/validate/ttft-parts.js';
import { affineLatency, H100, LLAMA_8B, server, table } from '../engine/setup.js';

/** Every step takes 10 ms plus 1 ms for each prefill token; 2 ms of front end before it and 3 ms after it. */
const latency = affineLatency(
  { stepUs: 10_000, prefillTokenUs: 1_000, decodeUs: 0, contextTokenUs: 0 },
  { frontBeforeUs: 2_000, frontAfterUs: 3_000 },
);
const run = (requests: Parameters<typeof table>[0], settings: Parameters<typeof server>[0] = {}) =>
  simulate({ arch: LLAMA_8B, gpu: H100, server: server(settings), requests: table(requests), latency }).trace
    .requests;
const sum = (parts: TtftParts): number => TTFT_PARTS.reduce((total, part) => total + parts[part], 0);

describe('ttftParts', () => {
  it('of three requests worked by hand', () => {
    const requests = run([
      { at: 0, prompt: 4, output: 3, stage: 0 },
      { at: 5_000, prompt: 2, output: 2, stage: 1 },
    ]);
    // A: in the inbox at 2 ms, on the idle GPU 2 – 16 ms.
    expect(ttftParts(requests, latency, 0)).toEqual({
      frontEnd: 5,
      residualStep: 0,
      queueing: 0,
      pipelineStep: 0,
      prefill: 14,
    });
    // B: in the inbox at 7 ms, seen when A's prefill ends at 16; A's next step runs until 26; its own until 38.
    expect(ttftParts(requests, latency, 1)).toEqual({
      frontEnd: 5,
      residualStep: 9,
      queueing: 0,
      pipelineStep: 10,
      prefill: 12,
    });
  });

  test.prop([
    fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 300 }).map((ms) => 1000 * ms),
        prompt: fc.integer({ min: 1, max: 60 }),
        output: fc.integer({ min: 1, max: 12 }),
        stage: fc.integer({ min: 0, max: 1 }),
      }),
      { minLength: 1, maxLength: 25 },
    ),
    fc.integer({ min: 1, max: 6 }),
    fc.boolean(),
  ])('sum to the mean TTFT and are never negative, queues or not', (rows, maxNumSeqs, asyncScheduling) => {
    const sorted = rows.toSorted((a, b) => a.at - b.at);
    const requests = run(sorted, { maxNumSeqs, asyncScheduling, maxNumBatchedTokens: 64 });
    for (const stage of ['all' as const, ...traceStages(requests)]) {
      const parts = ttftParts(requests, latency, stage)!;
      expect(sum(parts)).toBeCloseTo(groupMetrics({ requests }, stage).metrics.ttftMeanMs!, 6);
      for (const part of TTFT_PARTS) expect(parts[part]).toBeGreaterThanOrEqual(-1e-9);
    }
  });

  it('are not known without the instants of the engine', () => {
    const { startedAtUs: _, ...requests } = run([{ at: 0, prompt: 4, output: 3 }]);
    expect(ttftParts(requests, latency, 'all')).toBeUndefined();
  });
});

describe('meanTtftParts', () => {
  it('averages part by part, and only when every replay has parts', () => {
    const [a, b] = [1, 3].map((value) => ({
      frontEnd: value,
      residualStep: value,
      queueing: value,
      pipelineStep: 2 * value,
      prefill: value,
    }));
    expect(meanTtftParts([a, b])).toMatchObject({ frontEnd: 2, pipelineStep: 4 });
    expect(meanTtftParts([a, undefined])).toBeUndefined();
    expect(meanTtftParts([])).toBeUndefined();
  });
});
