import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ingestPath } from '../../src/ingest/index.js';
import { requestDurations } from '../../src/trace/request-durations.js';
import type { Trace } from '../../src/trace/trace.js';
import { dataFolder } from '../data.js';
import { diagnosed, fixture } from './fixtures.js';

describe('a per-request report up to v0.2', () => {
  const loaded = ingestPath(fixture('inference-perf/per_request_lifecycle_metrics.json'));

  it('has one time per token although the report has two', async () => {
    const { requests } = await loaded;
    const { ttftMs, itlMs, e2eMs } = requestDurations(requests);
    // sorted by start: 5 tokens from 100.0 s, 3 from 100.5 s; first after 40 ms, then every 10 ms
    expect(ttftMs[0]).toBeCloseTo(40, 6);
    expect(itlMs[0]).toBeCloseTo(10, 6);
    expect(e2eMs[0]).toBeCloseTo(80, 6);
    expect([...requests.outputTokens]).toEqual([5, 3, 0, 3]);
    expect(requests.arrivedAtUs[0]).toBe(0);
  });

  it('knows prompts by their text and fills in the length of a failed request', async () => {
    const trace = await loaded;
    expect([...(trace.requests.promptId ?? [])]).toEqual([1, 0, 1, 0]);
    expect(trace.requests.promptTokens[2]).toBe(30);
    expect([...trace.requests.status]).toEqual([0, 0, 1, 0]);
    expect(diagnosed(trace, 'prompt-length-of-failed')).toBe(1);
  });
});

const data = dataFolder();

const sample = (name: string): Promise<Trace> => ingestPath(join(data ?? '', 'samples/inference-perf', name));

describe.skipIf(data === undefined)('sample reports', () => {
  it.each(['b', 'c', 'e'])('of generation %s give the same two requests', async (generation) => {
    const { requests } = await sample(`synthetic-generations/per_request_gen_${generation}.json`);
    const { ttftMs, itlMs } = requestDurations(requests);
    for (const row of [0, 1]) {
      expect(ttftMs[row]).toBeCloseTo(40, 6);
      expect(itlMs[row]).toBeCloseTo(12, 6);
      expect(requests.outputTokens[row]).toBe(4);
    }
    expect(requests.count).toBe(generation === 'e' ? 3 : 2);
  });

  it('of a real run have their halved ITL repaired', async () => {
    const trace = await sample('training-llama-2-7b-tp1-codegen');
    const [first] = trace.stages ?? [];
    expect(first).toMatchObject({ stage: 0, requests: 3000, failed: 0, requestedRatePerS: 5 });
    expect(first?.metrics['itlMeanMs']).toBeCloseTo(7.257, 3);
    expect(first?.metrics['ttftMeanMs']).toBeCloseTo(25.037, 3);
    expect(trace.stages?.map(({ stage }) => stage)).toEqual([0, 1, 'all']);
    expect(diagnosed(trace, 'stage-itl-doubled')).toBe(3);
  });

  it('of a run with failures and no configuration are doubted', async () => {
    const trace = await sample('training-llama-2-7b-tp1-reasoning-failures');
    expect(trace.stages?.[0]).toMatchObject({ requests: 4800, failed: 4068 });
    expect(diagnosed(trace, 'stage-output-retokenised')).toBe(2);
    expect(diagnosed(trace, 'stage-itl-inconsistent')).toBe(2);
  });
});
