import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ingestPath } from '../../src/ingest/index.js';
import { traceToFiles } from '../../src/trace/trace-file.js';
import type { Trace } from '../../src/trace/trace.js';
import { perRequestReport, sentRequests } from '../lint/recordings/client-files.js';
import { benchResult, detailedResult } from './bench-result.js';
import { diagnosed, expectRefusal } from './fixtures.js';
import { ingestFiles } from './temporary-run.js';

const REQUESTS = perRequestReport(sentRequests({ requests: 3 }));
const OTHER_REQUESTS = perRequestReport(sentRequests({ requests: 4 }));
const BENCHMARK = {
  metrics: { request_totals: { total: 1, errored: 0 } },
  requests: { successful: [{ start_time: 10, first_token_time: 11, last_token_time: 12, output_tokens: 3 }] },
};

/** A record of AIPerf. */
const aiperfRecord = (startNs: number): string =>
  JSON.stringify({
    metadata: { x_request_id: 'r', benchmark_phase: 'profiling', request_start_ns: startNs },
    metrics: { request_latency: { value: 20, unit: 'ms' } },
  });

/** What a tree of files and links is read as; a link's value begins with `->`. */
async function ingestTree(tree: Readonly<Record<string, string>>): Promise<Trace> {
  const folder = await mkdtemp(join(tmpdir(), 'trueline-tree-'));
  try {
    for (const [name, content] of Object.entries(tree)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      if (content.startsWith('->')) await symlink(content.slice(2), join(folder, name));
      else await writeFile(join(folder, name), content);
    }
    return await ingestPath(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const normalised = async (): Promise<Record<string, string>> => ({
  ...traceToFiles(await ingestFiles({ 'requests.json': REQUESTS })),
});

const below = (folder: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));

describe('what lies twice in a folder is read once', () => {
  it('when a copy or a link repeats a file', async () => {
    const trace = await ingestTree({
      'a.json': REQUESTS,
      'copy/a.json': REQUESTS,
      'latest.json': '->a.json',
    });
    expect(trace.requests.count).toBe(3);
    expect(diagnosed(trace, 'file-repeated')).toBe(2);
    expect(trace.meta.files).toHaveLength(1);
  });

  it('when a record comes twice, but not when a request was tried again', async () => {
    const trace = await ingestFiles({ 'a.jsonl': [1000, 1000, 5000].map(aiperfRecord).join('\n') });
    expect(trace.requests.count).toBe(2);
    expect(diagnosed(trace, 'request-duplicate')).toBe(1);
  });

  it('when GuideLLM wrote JSON and YAML', async () => {
    const report = { benchmarks: [BENCHMARK] };
    const trace = await ingestFiles({
      'benchmarks.json': JSON.stringify(report),
      'benchmarks.yaml': `# the same\n${JSON.stringify(report, undefined, 2)}`,
    });
    expect(trace.requests.count).toBe(1);
    expect(diagnosed(trace, 'result-repeated')).toBe(1);
  });
});

describe('two runs in one folder are refused', () => {
  it('as two per-request reports', async () => {
    await expectRefusal('TRACE_INVALID', () => ingestFiles({ 'a.json': REQUESTS, 'b.json': OTHER_REQUESTS }));
  });

  it('as two exports of AIPerf', async () => {
    await expectRefusal('TRACE_INVALID', () =>
      ingestFiles({ 'a.jsonl': aiperfRecord(1000), 'b.jsonl': aiperfRecord(2000) }),
    );
  });

  it('as two normalised traces', async () => {
    const files = await normalised();
    await expectRefusal('TRACE_INVALID', () =>
      ingestTree({ ...below('one', files), ...below('two', files) }),
    );
  });
});

describe('nothing is passed over silently', () => {
  it('beside a normalised trace', async () => {
    const trace = await ingestTree({
      ...(await normalised()),
      'server.log': 'INFO GPU KV cache size: 336 tokens',
    });
    expect(trace.requests.count).toBe(3);
    expect(diagnosed(trace, 'file-not-read')).toBe(1);
  });

  it('in folders that lie too deep', async () => {
    const trace = await ingestTree({ 'a.json': REQUESTS, 'b/c/d/deep.json': OTHER_REQUESTS });
    expect(trace.requests.count).toBe(3);
    expect(diagnosed(trace, 'folder-too-deep')).toBe(1);
  });

  it('when only links lead out of the folder', async () => {
    const error = await expectRefusal('TRACE_EMPTY', () => ingestTree({ 'a.json': '->/nowhere/a.json' }));
    expect(error.message).toContain('a.json');
  });

  it('of requests whose format gives the stages only', async () => {
    const trace = await ingestFiles({
      'requests.json': REQUESTS,
      'bench.json': JSON.stringify(detailedResult()),
    });
    expect([trace.requests.count, trace.stages?.length]).toEqual([3, 1]);
    expect(diagnosed(trace, 'part-not-joined')).toBe(2);
  });

  it('when files name two models, and the first format counts', async () => {
    const csv = 'endpoint_type,model_id,tokenizer_id,num_prompts\nopenai,/models/Other-LLM,t,5\n';
    const bench = JSON.stringify(benchResult());
    const trace = await ingestFiles({ 'bench.json': bench, 'summary.csv': csv });
    expect(trace.meta.model).toBe('example-org/tiny-llm');
    expect(diagnosed(trace, 'model-differs')).toBe(2);
    const sameModel = await ingestFiles({
      'bench.json': bench,
      'summary.csv': csv.replace('Other-LLM', 'tiny-llm'),
    });
    expect(diagnosed(sameModel, 'model-differs')).toBe(0);
  });
});

describe('what benchmarks write besides results is refused with what to give instead', () => {
  it.each([
    ['<!DOCTYPE html>\n<html></html>', 'benchmarks.json'],
    ['{"avg_latency":1,"latencies":[1],"percentiles":{}}', 'vllm bench serve'],
    [
      '{"elapsed_time":1,"num_requests":2,"total_num_tokens":3,"requests_per_second":2,"tokens_per_second":3}',
      'vllm bench serve',
    ],
    ['[{"benchmark":{},"model":{},"metric":{}}]', '.pytorch'],
  ])('%s', async (content, hint) => {
    const error = await expectRefusal('NOT_A_RUN', () => ingestFiles({ 'result.out': content }));
    expect(error.hint).toContain(hint);
  });
});
