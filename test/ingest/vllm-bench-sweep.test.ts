import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import type { Trace } from '../../src/trace/trace.js';
import { benchResult, detailedResult } from './bench-result.js';
import { diagnosed, expectRefusal } from './fixtures.js';
import { ingestFiles } from './temporary-run.js';

const SLOW = benchResult({ run_number: 0 });
const FAST = benchResult({ run_number: 1, request_rate: 'inf', mean_ttft_ms: 80 });

const read = async (result: Record<string, unknown>): Promise<Trace> =>
  ingestFiles({ 'a.json': JSON.stringify(result) });

/** A summary as pandas writes it: an index without a name, lists as Python prints them. */
const summary = (...results: readonly Record<string, unknown>[]): string =>
  Papa.unparse(
    results.map((result, i) => ({
      '': i,
      ...Object.fromEntries(
        Object.entries(result).map(([k, v]) => [k, Array.isArray(v) ? JSON.stringify(v) : v]),
      ),
    })),
  );

describe('the summary.csv of a sweep', () => {
  it('gives the figures that its results give', async () => {
    const fromCsv = await ingestFiles({ 'summary.csv': summary(SLOW, FAST) });
    const fromJson = await ingestFiles({
      'run=0.json': JSON.stringify(SLOW),
      'run=1.json': JSON.stringify(FAST),
    });
    expect(fromCsv.stages).toEqual(fromJson.stages);
    expect(fromCsv.stages).toHaveLength(2);
    expect(fromCsv.stages?.[0]).toMatchObject({ requests: 5, failed: 1, requestedRatePerS: 5 });
    expect(fromCsv.meta).toMatchObject({ source: 'vllm-bench-csv', model: 'example-org/tiny-llm' });
  });

  it('adds nothing beside its results, and says so', async () => {
    const trace = await ingestFiles({
      'run=0.json': JSON.stringify(SLOW),
      'run=1.json': JSON.stringify(FAST),
      'summary.json': JSON.stringify([SLOW, FAST], undefined, 4),
      'summary.csv': summary(SLOW, FAST),
    });
    expect(trace.stages).toHaveLength(2);
    expect(diagnosed(trace, 'result-repeated')).toBe(2);
    expect(diagnosed(trace, 'part-not-joined')).toBe(2);
  });

  it('names the files that hold the single requests it cannot give', async () => {
    const trace = await ingestFiles({
      'summary.csv': summary(detailedResult(), detailedResult({ request_rate: 9 })),
    });
    expect(trace.requests.count).toBe(0);
    expect(diagnosed(trace, 'requests-in-json')).toBe(2);
  });
});

describe('results of two servers', () => {
  it.each([
    ['model_id', 'other-org/big-llm'],
    ['tensor_parallel_size', '2'],
    ['enable_prefix_caching', false],
  ])('are no stages of one run: %s', async (key, value) => {
    const known = { tensor_parallel_size: 1, enable_prefix_caching: true };
    const [one, other] = [benchResult(known), benchResult({ ...known, [key]: value, request_rate: 6 })];
    const error = await expectRefusal('TRACE_INVALID', () =>
      ingestFiles({ 'a.json': JSON.stringify(one), 'b.json': JSON.stringify(other) }),
    );
    expect(error.message).toContain(key);
    await expectRefusal('TRACE_INVALID', () => ingestFiles({ 'summary.csv': summary(one, other) }));
  });

  it('take text and number for one setting', async () => {
    const results = [1, '1'].map((size, i) =>
      benchResult({ tensor_parallel_size: size, request_rate: i + 1 }),
    );
    expect((await ingestFiles({ 'a.json': JSON.stringify(results) })).stages).toHaveLength(2);
  });
});

describe('a result of vllm bench serve', () => {
  it.each(['ttfts', 'input_lens', 'itls'])('whose %s are of other requests is refused', async (list) => {
    await expectRefusal('TRACE_INVALID', () => read(detailedResult({ [list]: [1] })));
  });

  it('that is too old to say what failed does not say that nothing did', async () => {
    const trace = await read({ ...benchResult({ completed: 3 }), failed: undefined });
    expect(trace.stages?.[0]).not.toHaveProperty('failed');
    expect(diagnosed(trace, 'failures-unknown')).toBe(2);
    expect(diagnosed(await read(benchResult({ completed: 4 })), 'failures-unknown')).toBe(0);
  });
});
