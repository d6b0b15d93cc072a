import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ingestPath } from '../../src/ingest/index.js';
import type { Trace } from '../../src/trace/trace.js';
import { dataFolder } from '../data.js';
import { diagnosed, expectRefusal } from './fixtures.js';
import { ingestFiles } from './temporary-run.js';

const data = dataFolder();
const sample = (name: string): Promise<Trace> => ingestPath(join(data ?? '', 'samples', name));

describe.skipIf(data === undefined)('figures of other tools', () => {
  const FIGURES = {
    ttftMeanMs: 42,
    ttftP50Ms: 42,
    ttftP90Ms: 43.2,
    itlMeanMs: 10.125,
    e2eMeanMs: 82.5,
    e2eP99Ms: 83.97,
  };

  it('AIPerf: JSON with full digits, CSV rounded to two; beside records neither is used', async () => {
    const json = await sample('aiperf/profile_export_aiperf.json');
    expect(json.stages).toMatchObject([{ requests: 5, failed: 1, metrics: FIGURES }]);
    const csv = await sample('aiperf/profile_export_aiperf.csv');
    expect(csv.stages).toMatchObject([{ requests: 5, failed: 1, metrics: { ...FIGURES, itlMeanMs: 10.12 } }]);
    expect((await sample('aiperf')).requests.count).toBe(5);
  });

  it('GuideLLM CSV: percentiles from their place in the cell', async () => {
    const { stages } = await sample('guidellm/synthetic_benchmarks.csv');
    expect(stages).toEqual([
      {
        stage: 0,
        requests: 4,
        failed: 0,
        metrics: {
          ttftMeanMs: 41,
          ttftP50Ms: 41,
          ttftP90Ms: 41,
          ttftP99Ms: 41,
          itlMeanMs: 10,
          e2eMeanMs: 92,
          e2eP50Ms: 92,
          e2eP90Ms: 92,
          e2eP99Ms: 92,
        },
      },
    ]);
  });

  it('inference-perf Prometheus: the server, over more than the stage', async () => {
    const trace = await sample('inference-perf/demo-kubecon-vllm/stage_0_prometheus_metrics.json');
    expect(trace.meta.clock).toBe('engine');
    expect(trace.stages).toMatchObject([
      { stage: 0, requests: 937, metrics: { ttftMeanMs: 1795.431, itlMeanMs: 12.962 } },
    ]);
    expect(diagnosed(trace, 'stage-window-overlaps')).toBe(1);
    const folder = await sample('inference-perf/demo-kubecon-vllm');
    expect(folder.meta.clock).toBe('client');
    expect(diagnosed(folder, 'part-not-joined')).toBe(2);
  });

  it('perf_analyzer: chunks with text, not the end of the stream', async () => {
    const { requests } = await sample('genai-perf/profile_export.json');
    expect([...requests.firstTokenAtUs]).toEqual([41_000]);
    expect([...requests.finishedAtUs]).toEqual([61_000]);
    expect([...requests.outputTokens]).toEqual([3]);
  });

  it('a vllm sweep: runs that the summary repeats count once', async () => {
    const trace = await sample('vllm-bench');
    expect(diagnosed(trace, 'result-repeated')).toBe(1);
    expect(trace.stages).toHaveLength(5);
  });
});

describe('GuideLLM CSV', () => {
  it('without its header rows is refused', async () => {
    await expectRefusal('FORMAT_INVALID', () =>
      ingestFiles({ 'b.csv': 'Run Info,Benchmark,Timings\nRun ID,ID,Start\n' }),
    );
  });
});

const record = (session: string, turn: number, at: number): string =>
  `${JSON.stringify({
    metadata: {
      benchmark_phase: 'profiling',
      conversation_id: session,
      turn_index: turn,
      request_start_ns: at,
    },
    metrics: { time_to_first_token: { value: 1, unit: 'ms' }, request_latency: { value: 2, unit: 'ms' } },
    error: null,
  })}\n`;
it('prompts of AIPerf records come from inputs.json', async () => {
  const { requests } = await ingestFiles({
    'profile_export.jsonl':
      record('c0', 0, 1e9) + record('c1', 0, 2e9) + record('c0', 1, 3e9) + record('c9', 0, 4e9),
    'inputs.json': JSON.stringify({
      data: [
        { session_id: 'c0', payloads: [{ prompt: 'one' }, { prompt: 'two' }] },
        { session_id: 'c1', payloads: [{ prompt: 'two' }] },
      ],
    }),
  });
  expect([...(requests.promptId ?? [])]).toEqual([0, 1, 1, -1]);
});
