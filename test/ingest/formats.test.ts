import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DATA_IMPORTERS, FACTS_IMPORTERS } from '../../src/ingest/formats.js';
import { ingestPath } from '../../src/ingest/index.js';
import { probeFile } from '../../src/ingest/probe-file.js';
import { requestDurations } from '../../src/trace/request-durations.js';
import { traceToFiles } from '../../src/trace/trace-file.js';
import { REQUEST_STATUSES, type Trace } from '../../src/trace/trace.js';
import { dataFolder } from '../data.js';
import { plain } from '../plain.js';
import { diagnosed, expectRefusal, fixture } from './fixtures.js';

const data = dataFolder();
const samples = join(data ?? '', 'samples');

const sample = (name: string): Promise<Trace> => ingestPath(join(samples, name));

const rounded = (column: Float64Array): number[] => [...column].map((ms) => Math.round(ms * 1000) / 1000);

/** Durations of every request, rounded to the µs, and statuses by name. */
const durations = ({ requests }: Trace): { ttftMs: number[]; itlMs: number[]; status: string[] } => {
  const { ttftMs, itlMs } = requestDurations(requests);
  return {
    ttftMs: rounded(ttftMs),
    itlMs: rounded(itlMs),
    status: [...requests.status].map((s) => REQUEST_STATUSES[s] ?? ''),
  };
};

describe('write, then read', () => {
  it.each(['otlp/steps-only.jsonl', 'replay', 'inference-perf/per_request_lifecycle_metrics.json'])(
    'gives the same trace for %s',
    async (name) => {
      const trace = await ingestPath(fixture(name));
      const folder = await mkdtemp(join(tmpdir(), 'trueline-'));
      const files = traceToFiles(trace);
      for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
      expect(traceToFiles(await ingestPath(folder))).toEqual(files);
      expect(plain(await ingestPath(folder))).toEqual(plain(trace));
      expect(plain(await ingestPath(join(folder, 'trace.json')))).toEqual(plain(trace));
      await rm(folder, { recursive: true });
    },
  );
});

describe.skipIf(data === undefined)('recognition', () => {
  it('gives every sample file to one format at most', async () => {
    const entries = await readdir(samples, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(60);
    for (const file of files) {
      const probe = await probeFile(file);
      const formats = [...FACTS_IMPORTERS, ...DATA_IMPORTERS].filter(({ matches }) => matches(probe));
      expect(new Set(formats.map(({ format }) => format)).size, file).toBeLessThanOrEqual(1);
    }
  });
});

describe.skipIf(data === undefined)('samples of other tools', () => {
  it('vllm bench serve, detailed: requests with TPOT per token although chat adds a chunk', async () => {
    const trace = await sample('vllm-bench/openai-5.0qps-detailed.json');
    expect(durations(trace)).toEqual({
      ttftMs: [41, 44, 52, NaN, 39],
      itlMs: [10.05, 10.1, 10.2, NaN, 10.15],
      status: ['finished', 'finished', 'finished', 'failed', 'finished'],
    });
    expect(trace.stages?.[0]).toMatchObject({
      requests: 5,
      failed: 1,
      requestedRatePerS: 5,
      metrics: { ttftMeanMs: 44, itlMeanMs: 10.125 },
    });
  });

  it('vllm bench serve, appended and swept: one stage a result', async () => {
    const appended = await sample('vllm-bench/append-result.json');
    expect(appended.stages?.map(({ requestedRatePerS }) => requestedRatePerS)).toEqual([5, undefined]);
    expect((await sample('vllm-bench/sweep-summary.json')).stages).toHaveLength(2);
  });

  it('GuideLLM of versions 2 and 0', async () => {
    const requests = await sample('guidellm/synthetic_v2_with_requests.json');
    expect(durations(requests)).toMatchObject({ ttftMs: [41, 41, 41, 41], itlMs: [10, 10, 10, 10] });
    expect(durations(await sample('guidellm/synthetic_v0.json'))).toMatchObject({
      ttftMs: [50, 50],
      itlMs: [10, 10],
    });
    const report = await sample('guidellm/guidellm_report_v2.json');
    expect(report.stages?.[0]?.metrics['e2eMeanMs']).toBeCloseTo(19.789, 3);
    expect(report.requests.count).toBe(0);
  });

  it('AIPerf records in completion order, one of them failed', async () => {
    const trace = await sample('aiperf/profile_export.jsonl');
    expect(durations(trace).ttftMs).toEqual([40.5, 41.5, 42.5, 43.5, NaN]);
    expect(durations(trace).status.at(-1)).toBe('failed');
    expect(diagnosed(trace, 'output-tokens-retokenised')).toBe(5);
  });

  it('LLMServingSim with its server', async () => {
    const trace = await sample('llmservingsim-bench');
    expect(durations(trace)).toMatchObject({ ttftMs: [40, 40, 40, 40], itlMs: [11, 11, 11, 11] });
    expect(trace.meta).toMatchObject({ clock: 'engine', server: { totalKvBlocks: 1000, maxNumSeqs: 32 } });
    expect(diagnosed(trace, 'request-without-arrival')).toBe(1);
  });

  it('BLIS TraceV2 in every mode', async () => {
    const real = await sample('blis/tracev2-real.csv');
    expect(durations(real).ttftMs.slice(0, 3)).toEqual([41.814, 41.897, 39.161]);
    expect([...real.requests.promptTokens].slice(0, 5)).toEqual([81, 34, 83, 36, 84]);
    expect(durations(real).status[4]).toBe('failed');
    expect(durations(await sample('blis/tracev2-generated.csv')).itlMs).toEqual([9, 9, 9, 9, 9, 9]);
    const legacy = await sample('blis/tracev2-legacy22.csv');
    expect([...legacy.requests.arrivedAtUs]).toEqual([0, 37_500, 125_500]);
    expect(diagnosed(legacy, 'request-without-tokens')).toBe(1);
    await expectRefusal('TRACE_INVALID', () => sample('blis'));
  });

  it('llm-d reports in the units they state', async () => {
    const old = await sample('llm-d-benchmark-report/br_v0_1_example.yaml');
    expect(old.stages?.[0]?.metrics['ttftMeanMs']).toBeCloseTo(0.801, 3);
    const report = await sample('llm-d-benchmark-report/br_v0_2_example.yaml');
    expect(report.meta).toMatchObject({ model: 'Qwen/Qwen3-0.6B', server: { tensorParallelSize: 8 } });
    expect(report.stages?.[0]).toMatchObject({ stage: 3, requests: 500 });
  });

  it('a vLLM log: launch options, KV size with the null block, iterations', async () => {
    const trace = await sample('otlp/synthetic-experiment/vllm.log');
    expect(trace.meta).toMatchObject({
      model: 'example-org/tiny-llm',
      server: { totalKvBlocks: 21, maxNumBatchedTokens: 64, maxNumSeqs: 4, asyncScheduling: true },
    });
    expect(trace.steps?.count).toBe(52);
    expect([...(trace.steps?.periodUs ?? [])].slice(0, 3)).toEqual([8340, 6050, 8500]);
    expect([...(trace.steps?.prefillTokens ?? [])].slice(0, 3)).toEqual([60, 0, 63]);
  });

  it('a vLLM log of the default layout beside a metrics page', async () => {
    const { meta, stages } = await sample('vllm-log');
    expect(meta).toMatchObject({
      engineVersion: '0.15.1',
      server: { tensorParallelSize: 2, prefixCaching: true },
    });
    expect(meta.server?.totalKvBlocks).toBe(29_855);
    expect(stages?.[0]?.metrics['itlMeanMs']).toBeCloseTo((5.31 / 412) * 1000, 6);
  });
});
