import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { groupMetrics, METRIC_NAMES, requestMetrics, traceStages } from '../../src/trace/metrics.js';
import { requestDurations } from '../../src/trace/request-durations.js';
import type { RequestColumns } from '../../src/trace/trace.js';

interface Row {
  readonly arrivedAtMs: number;
  readonly ttftMs: number;
  readonly e2eMs: number;
  readonly tokens: number;
  readonly stage?: number;
  readonly status?: number;
}

const columns = (rows: readonly Row[]): { requests: RequestColumns } => ({
  requests: {
    count: rows.length,
    arrivedAtUs: Float64Array.from(rows, (row) => row.arrivedAtMs * 1000),
    firstTokenAtUs: Float64Array.from(rows, (row) => (row.arrivedAtMs + row.ttftMs) * 1000),
    finishedAtUs: Float64Array.from(rows, (row) => (row.arrivedAtMs + row.e2eMs) * 1000),
    promptTokens: Int32Array.from(rows, () => 10),
    outputTokens: Int32Array.from(rows, (row) => row.tokens),
    stage: Uint16Array.from(rows, (row) => row.stage ?? 0),
    status: Uint8Array.from(rows, (row) => row.status ?? 0),
  },
});

/** Two stages; a failed request; one of a single token; all by hand below. */
const HAND: readonly Row[] = [
  { arrivedAtMs: 0, ttftMs: 100, e2eMs: 1100, tokens: 11 },
  { arrivedAtMs: 500, ttftMs: 200, e2eMs: 200, tokens: 1 },
  { arrivedAtMs: 1000, ttftMs: 300, e2eMs: 800, tokens: 6, stage: 1 },
  { arrivedAtMs: 1500, ttftMs: 1, e2eMs: 2, tokens: 6, stage: 1, status: 1 },
];

describe('groupMetrics', () => {
  it('matches values worked by hand', () => {
    const all = groupMetrics(columns(HAND));
    expect(all.metrics.ttftMeanMs).toBeCloseTo(200, 9);
    expect(all.metrics.ttftP50Ms).toBeCloseTo(200, 9);
    expect(all.metrics.ttftP90Ms).toBeCloseTo(280, 9);
    expect(all.metrics.itlMeanMs).toBeCloseTo(100, 9); // (1000/10 + 500/5) / 2; one token has no gap
    expect(all.metrics.e2eMeanMs).toBeCloseTo(700, 9);
    expect(all.requestsPerS).toBeCloseTo(3 / 1.8, 9); // 0 → 1800 ms
    expect(all.generatedTokensPerS).toBeCloseTo(18 / 1.8, 9);
    expect(all.counts).toEqual({
      requests: 4,
      finished: 3,
      failed: 1,
      aborted: 0,
      unfinished: 0,
      excluded: { ttft: 0, itl: 0, e2e: 0 },
    });
  });

  it('selects one stage', () => {
    expect(traceStages(columns(HAND).requests)).toEqual([0, 1]);
    expect(groupMetrics(columns(HAND), 1).metrics.e2eP99Ms).toBeCloseTo(800, 9);
    expect(groupMetrics(columns(HAND), 0).counts.requests).toBe(2);
  });

  it('leaves out and counts finished requests without an instant or a token count', () => {
    const trace = columns([
      ...HAND,
      { arrivedAtMs: 0, ttftMs: NaN, e2eMs: 700, tokens: 5 },
      { arrivedAtMs: 0, ttftMs: 200, e2eMs: 700, tokens: -1 },
    ]);
    const { counts, metrics } = groupMetrics(trace);
    expect(counts.excluded).toEqual({ ttft: 1, itl: 2, e2e: 0 });
    expect(metrics.ttftMeanMs).toBeCloseTo(200, 9);
    expect(metrics.e2eMeanMs).toBeCloseTo(700, 9);
    expect(metrics.itlMeanMs).toBeCloseTo(100, 9);
  });

  it('throws rather than scoring an empty sample', () => {
    const failed = columns(HAND.map((row) => ({ ...row, status: 1 })));
    expect(() => groupMetrics(failed)).toThrow(expect.objectContaining({ code: 'SAMPLE_EMPTY' }));
    expect(() => groupMetrics(columns(HAND), 7)).toThrow(expect.objectContaining({ code: 'SAMPLE_EMPTY' }));
  });

  it('omits a metric without a sample, which requestMetrics refuses', () => {
    const singles = columns([{ arrivedAtMs: 0, ttftMs: 5, e2eMs: 5, tokens: 1 }]);
    expect(groupMetrics(singles).metrics.itlMeanMs).toBeUndefined();
    expect(() => requestMetrics(singles)).toThrow(/itlMeanMs/);
    expect(Object.keys(requestMetrics(columns(HAND))).toSorted()).toEqual([...METRIC_NAMES].toSorted());
  });

  it('handles a million requests', () => {
    const count = 1_000_000;
    const trace = columns(
      Array.from({ length: count }, (_, i) => ({
        arrivedAtMs: i,
        ttftMs: 1 + (i % 100),
        e2eMs: 101 + (i % 100),
        tokens: 11,
      })),
    );
    const { metrics } = groupMetrics(trace);
    expect(metrics.ttftMeanMs).toBeCloseTo(50.5, 6);
    expect(metrics.itlMeanMs).toBeCloseTo(10, 6);
  });
});

const rowsArbitrary = fc.array(
  fc.record({
    arrivedAtMs: fc.integer({ min: 0, max: 100_000 }),
    ttftMs: fc.integer({ min: 1, max: 10_000 }),
    e2eMs: fc.integer({ min: 10_000, max: 50_000 }),
    tokens: fc.integer({ min: 2, max: 500 }),
    stage: fc.integer({ min: 0, max: 2 }),
  }),
  { minLength: 1, maxLength: 50 },
);

describe('laws of metrics', () => {
  test.prop([rowsArbitrary])('the order of requests is irrelevant', (rows) => {
    expect(groupMetrics(columns(rows.toReversed()))).toEqual(groupMetrics(columns(rows)));
  });

  test.prop([rowsArbitrary, fc.constantFrom(2, 4, 0.5)])(
    'time scales, rates scale inversely',
    (rows, factor) => {
      const scaled = rows.map((row) => ({
        ...row,
        arrivedAtMs: row.arrivedAtMs * factor,
        ttftMs: row.ttftMs * factor,
        e2eMs: row.e2eMs * factor,
      }));
      const before = groupMetrics(columns(rows));
      const after = groupMetrics(columns(scaled));
      for (const name of METRIC_NAMES)
        expect(after.metrics[name]).toBeCloseTo(before.metrics[name]! * factor, 6);
      expect(after.requestsPerS! * factor).toBeCloseTo(before.requestsPerS!, 9);
    },
  );

  test.prop([rowsArbitrary])('stages partition the whole: counts add, means average', (rows) => {
    const trace = columns(rows);
    const all = groupMetrics(trace);
    const parts = traceStages(trace.requests).map((stage) => groupMetrics(trace, stage));
    expect(parts.reduce((n, part) => n + part.counts.finished, 0)).toBe(all.counts.finished);
    const total = parts.reduce((sum, part) => sum + part.metrics.ttftMeanMs! * part.counts.finished, 0);
    expect(total / all.counts.finished).toBeCloseTo(all.metrics.ttftMeanMs!, 6);
  });

  test.prop([rowsArbitrary])('E2E = TTFT + ITL · (tokens − 1) for every request', (rows) => {
    const { ttftMs, itlMs, e2eMs } = requestDurations(columns(rows).requests);
    for (const [i, row] of rows.entries()) {
      expect(ttftMs[i]! + itlMs[i]! * (row.tokens - 1)).toBeCloseTo(e2eMs[i]!, 6);
    }
  });
});
