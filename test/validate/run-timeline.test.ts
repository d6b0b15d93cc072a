import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/engine/index.js';
import type { StepColumns } from '../../src/trace/trace.js';
import { runTimeline } from '../../src/validate/run-timeline.js';
import { servedLoad } from '../../src/validate/served-load.js';
import { stageBatch } from '../../src/validate/stage-batch.js';
import { affineLatency, H100, LLAMA_8B, server, table, type Row } from '../engine/setup.js';

/** Every step takes 10 ms plus 1 ms for each prefill token. */
const latency = affineLatency({
  stepUs: 10_000,
  prefillTokenUs: 1_000,
  decodeUs: 0,
  contextTokenUs: 0,
});
const run = (rows: readonly Row[], maxNumSeqs = 4) =>
  simulate({
    arch: LLAMA_8B,
    gpu: H100,
    server: server({ maxNumSeqs }),
    requests: table(rows),
    latency,
    recordSteps: true,
  });

const loads = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 3000 }).map((ms) => 1000 * ms),
      prompt: fc.integer({ min: 1, max: 60 }),
      output: fc.integer({ min: 2, max: 12 }),
      stage: fc.integer({ min: 0, max: 1 }),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((rows) => rows.toSorted((a, b) => a.at - b.at));

/** Steps of one run, each with its start, its time on the GPU, and what was running, waiting and held. */
function stepsOf(
  rows: readonly (readonly [
    startUs: number,
    periodUs: number,
    running: number,
    waiting: number,
    blocks: number,
  ])[],
): StepColumns {
  const column = (i: number): Float64Array => Float64Array.from(rows, (row) => row[i] ?? NaN);
  const nothing = new Float64Array(rows.length);
  return {
    count: rows.length,
    id: Int32Array.from(rows.keys()),
    scheduledAtUs: column(0),
    startedAtUs: column(0),
    periodUs: column(1),
    running: Int32Array.from(column(2)),
    waiting: Int32Array.from(column(3)),
    kvBlocksUsed: Int32Array.from(column(4)),
    prefillTokens: nothing,
    prefillRequests: nothing,
    decodeRequests: nothing,
    decodeContextTokens: nothing,
    prefillContextTokens: nothing,
    prefillAttentionPairs: nothing,
    prefillPromptPairs: nothing,
    newRequests: nothing,
  };
}

describe('runTimeline', () => {
  it('of two steps with a pause between them, worked by hand', () => {
    // 1 s in intervals of 10 ms: a step over the first 25 ms, nothing, a step over the last 10 ms.
    const timeline = runTimeline(
      stepsOf([
        [0, 25_000, 4, 2, 50],
        [990_000, 10_000, 1, 0, 10],
      ]),
      100,
    );
    expect(timeline).toMatchObject({ intervalS: 0.01, kvBlocks: 100 });
    expect(timeline?.running.slice(0, 4)).toEqual([4, 4, 2, 0]);
    expect(timeline?.waiting.slice(0, 4)).toEqual([2, 2, 1, 0]);
    expect(timeline?.kvUsedRatio.slice(0, 4)).toEqual([0.5, 0.5, 0.25, 0]);
    expect(timeline?.running.slice(98)).toEqual([0, 1]);
    expect(timeline?.running).toHaveLength(100);
  });

  it('is unknown without steps', () => {
    expect(runTimeline(undefined, 100)).toBeUndefined();
    expect(runTimeline(stepsOf([]), 100)).toBeUndefined();
  });

  test.prop([loads, fc.integer({ min: 1, max: 4 })])(
    'loses no time, however steps are cut',
    (rows, seats) => {
      const { trace, summary } = run(rows, seats);
      const timeline = runTimeline(trace.steps, summary.totalKvBlocks - 1)!;
      const { startedAtUs, periodUs, running, waiting, count } = trace.steps!;
      const total = (values: readonly number[]): number =>
        timeline.intervalS * values.reduce((sum, value) => sum + value, 0);
      const expected = (column: ArrayLike<number>): number =>
        periodUs.reduce((sum, us, i) => sum + (us / 1e6) * column[i]!, 0);
      // Each of the 100 means is rounded to a hundredth.
      const rounding = 0.5 * timeline.intervalS + 1e-9;
      expect(100 * timeline.intervalS).toBeCloseTo(
        (startedAtUs![count - 1]! + periodUs[count - 1]!) / 1e6,
        9,
      );
      expect(Math.abs(total(timeline.running) - expected(running))).toBeLessThanOrEqual(rounding);
      expect(Math.abs(total(timeline.waiting) - expected(waiting))).toBeLessThanOrEqual(rounding);
      expect(Math.max(...timeline.kvUsedRatio)).toBeLessThanOrEqual(1);
    },
  );
});

describe('stageBatch', () => {
  it('of two requests one after the other, worked by hand', () => {
    const { trace } = run([
      { at: 0, prompt: 10, output: 3, stage: 0 },
      { at: 1e6, prompt: 100, output: 2, stage: 1 },
    ]);
    // Decode steps attend to the prompt, the tokens generated before and their own.
    expect(stageBatch(trace, 0)).toEqual({ meanRequests: 1, meanContextTokens: (11 + 12) / 2 });
    expect(stageBatch(trace, 1)).toEqual({ meanRequests: 1, meanContextTokens: 101 });
    expect(stageBatch(trace, 'all')).toEqual({ meanRequests: 1, meanContextTokens: (11 + 12 + 101) / 3 });
  });

  test.prop([loads])('never holds more requests than there are seats', (rows) => {
    const batch = stageBatch(run(rows).trace, 'all')!;
    expect(batch.meanRequests).toBeGreaterThanOrEqual(1);
    expect(batch.meanRequests).toBeLessThanOrEqual(4);
    expect(batch.meanContextTokens).toBeLessThanOrEqual(60 + 12);
  });

  it('is unknown without steps, and where nothing is decoded', () => {
    const { trace } = run([{ at: 0, prompt: 10, output: 1 }]);
    expect(stageBatch(trace, 'all')).toBeUndefined();
    const { steps: _, ...withoutSteps } = trace;
    expect(stageBatch(withoutSteps, 'all')).toBeUndefined();
  });
});

describe('servedLoad', () => {
  it('counts what was served, from the first request to the last response', () => {
    const { summary } = run([
      { at: 500_000, prompt: 10, output: 3 },
      { at: 1e6, prompt: 100, output: 2 },
    ]);
    // The second is alone: 110 ms for its prompt, 10 ms for its second token.
    const { durationS, ...counts } = servedLoad(summary);
    expect(counts).toEqual({ requests: 2, promptTokens: 110, outputTokens: 5 });
    expect(durationS).toBeCloseTo(0.62, 9);
  });
});
