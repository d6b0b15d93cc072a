import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildRequests, simulate } from '../../src/engine/index.js';
import { ingestPath } from '../../src/ingest/index.js';
import { renderTraceV2 } from '../../src/report/index.js';
import { affineLatency, H100, LLAMA_8B, server } from '../engine/setup.js';
import { refusal } from '../refusal.js';

const { trace } = simulate({
  arch: LLAMA_8B,
  gpu: H100,
  server: server({ maxNumSeqs: 128 }),
  latency: affineLatency({ stepUs: 6200.3, prefillTokenUs: 20, decodeUs: 6, contextTokenUs: 0.039 }),
  requests: buildRequests(
    {
      kind: 'synthetic',
      load: {
        kind: 'rate',
        gaps: { law: 'gamma', cv: 1.5 },
        fillStages: true,
        stages: [{ ratePerS: 5, durationS: 10 }],
      },
      prompts: { questionTokens: { law: 'lognormal', mean: 300, cv: 1 }, distinct: 20 },
      outputTokens: { law: 'uniform', min: 1, max: 50 },
    },
    4,
  ),
});

describe('renderTraceV2', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trueline-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('writes requests that are read back as they were, to the µs', async () => {
    const { header, data } = renderTraceV2(trace);
    await writeFile(join(folder, 'header.yaml'), header);
    await writeFile(join(folder, 'trace.csv'), data);
    const read = await ingestPath(folder);
    expect(read.requests.count).toBe(50);
    expect(read.requests.promptTokens).toEqual(trace.requests.promptTokens);
    expect(read.requests.outputTokens).toEqual(trace.requests.outputTokens);
    expect(read.requests.status).toEqual(trace.requests.status);
    const origin = Math.round(trace.requests.arrivedAtUs[0]!);
    for (const column of ['arrivedAtUs', 'firstTokenAtUs', 'finishedAtUs'] as const)
      expect(read.requests[column]).toEqual(trace.requests[column].map((at) => Math.round(at) - origin));
    expect(read.meta.server).toMatchObject({ tensorParallelSize: 1, maxNumSeqs: 128, blockSizeTokens: 16 });
    expect(read.meta.model).toBe(LLAMA_8B.name);
    expect(read.diagnostics).toEqual([]);
  });

  it('says that simulated requests were generated, and measured ones real', () => {
    const { meta } = trace;
    const measured = { ...trace, meta: { ...meta, synthetic: false } };
    expect(parse(renderTraceV2(trace).header)).toMatchObject({ trace_version: 3, mode: 'generated' });
    expect(parse(renderTraceV2(measured).header)).toMatchObject({ trace_version: 3, mode: 'real' });
  });

  it('writes repeated prompts as prefix groups that leave one token to compute', () => {
    const rows = renderTraceV2(trace)
      .data.trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    const column = (name: string, row: number) => rows[row + 1]![rows[0]!.indexOf(name)];
    for (let row = 0; row < 50; row++) {
      const length = trace.requests.promptTokens[row]!;
      expect(column('prefix_group', row)).toBe(length > 1 ? `prompt-${row % 20}-${length}` : '');
      expect(column('input_tokens', row)).toBe('1');
      expect(Number(column('prefix_length', row))).toBe(length - 1);
      expect(column('send_time_us', row)).toBe(column('arrival_time_us', row));
    }
  });

  it('marks what failed or never ended, without instants it does not have', async () => {
    const requests = {
      ...trace.requests,
      status: trace.requests.status.map((status, row) => (row < 4 ? row : status)),
      finishedAtUs: trace.requests.finishedAtUs.map((at, row) => (row > 0 && row < 4 ? NaN : at)),
    };
    const { data } = renderTraceV2({ ...trace, requests });
    const words = data.split('\n').slice(1, 6);
    expect(words.map((line) => line.split(',').at(-3))).toEqual([
      'ok',
      'error',
      'incomplete',
      'incomplete',
      'ok',
    ]);
    const file = join(folder, 'failed.csv');
    await writeFile(file, data);
    const read = await ingestPath(file);
    expect(Array.from(read.requests.status.subarray(0, 5))).toEqual([0, 1, 3, 3, 0]);
    expect(read.requests.finishedAtUs[1]).toBeNaN();
  });

  it('refuses requests of unknown length', () => {
    const requests = { ...trace.requests, promptTokens: trace.requests.promptTokens.map(() => -1) };
    expect(refusal(() => renderTraceV2({ ...trace, requests }))).toMatchObject({
      code: 'TRACE_INVALID',
      message: 'request 0 has no known number of prompt tokens',
    });
  });
});
