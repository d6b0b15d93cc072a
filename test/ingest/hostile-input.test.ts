import { copyFile, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/errors.js';
import {
  ingestPath,
  readExperiment,
  readGpuSheet,
  readModelConfig,
  readSuite,
} from '../../src/ingest/index.js';
import { diagnosed, expectRefusal, fixture } from './fixtures.js';

/** Every broken recording, with the code it is refused with and, where it has one, the line that is named. */
const RECORDINGS: readonly [name: string, code: ErrorCode, line?: number][] = [
  ['no-such-file.jsonl', 'FILE_NOT_FOUND'],
  ['gzip-cut.jsonl.gz', 'FILE_TRUNCATED'],
  ['gzip-garbled.jsonl.gz', 'FILE_BAD_GZIP'],
  ['line-cut.jsonl', 'FILE_TRUNCATED', 2],
  ['line-broken.jsonl', 'FORMAT_INVALID', 2],
  ['steps.jsonl.zst', 'TRACE_EMPTY'],
  ['not-a-trace.txt', 'FORMAT_UNKNOWN'],
  ['nothing.json', 'TRACE_EMPTY'],
  ['other-json.json', 'FORMAT_UNKNOWN'],
  ['broken.yaml', 'FORMAT_INVALID', 1],
  ['no-events.jsonl', 'TRACE_EMPTY'],
  ['clock-backwards.jsonl', 'TRACE_CLOCK', 1],
  ['two-runs', 'TRACE_INVALID'],
  ['truth-alone.json', 'TRACE_INVALID'],
  ['replay-wrong-type.json', 'FORMAT_INVALID'],
  ['normalised-unknown-key', 'KEY_UNKNOWN', 8],
  ['normalised-backwards', 'TRACE_CLOCK', 3],
  ['normalised-bad-status', 'TRACE_INVALID', 2],
  ['normalised-bad-number', 'FORMAT_INVALID', 2],
  ['normalised-missing-column', 'FORMAT_INVALID', 1],
  ['normalised-ragged', 'FORMAT_INVALID', 3],
  ['normalised-empty', 'TRACE_EMPTY'],
];

describe('ingestPath refuses', () => {
  it.each(RECORDINGS)('%s with %s', async (name, code, line) => {
    const error = await expectRefusal(code, () => ingestPath(fixture(`hostile/${name}`)));
    expect(error.file).toBeDefined();
    if (line !== undefined) expect(error.line).toBe(line);
  });

  it('an unknown format by listing what it looked for', async () => {
    const error = await expectRefusal('FORMAT_UNKNOWN', () => ingestPath(fixture('hostile/not-a-trace.txt')));
    expect(error.hint).toContain('OTLP');
    expect(error.hint).toContain('inference-perf');
  });

  it('an empty folder, and one that only describes a run, in one line each', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trueline-empty-'));
    expect((await expectRefusal('TRACE_EMPTY', () => ingestPath(folder))).message).toContain('no files');
    await copyFile(fixture('replay/exp-config.yaml'), join(folder, 'exp-config.yaml'));
    const alone = await expectRefusal('TRACE_EMPTY', () => ingestPath(folder));
    expect(alone.message).toContain('exp-config.yaml');
    expect(alone.hint).not.toContain('\n');
  });

  it('an unknown key by suggesting the nearest', async () => {
    const error = await expectRefusal('KEY_UNKNOWN', () =>
      ingestPath(fixture('hostile/normalised-unknown-key')),
    );
    expect(error.message).toContain('modle');
    expect(error.hint).toContain('`model`');
  });
});

describe('ingestPath drops and counts', () => {
  it('steps with missing or negative figures', async () => {
    const trace = await ingestPath(fixture('hostile/step-garbage.jsonl'));
    expect(diagnosed(trace, 'step-incomplete')).toBe(2);
    expect(trace.steps?.count).toBe(1);
  });

  it('requests whose times cannot be, and latencies without a request', async () => {
    const trace = await ingestPath(fixture('hostile/replay-impossible'));
    expect(diagnosed(trace, 'request-impossible-time')).toBe(3);
    expect(diagnosed(trace, 'truth-without-request')).toBe(1);
    expect(trace.requests.count).toBe(7);
  });

  it('per-request entries that end before they start or have no start', async () => {
    const trace = await ingestPath(fixture('hostile/per-request-impossible.json'));
    expect(diagnosed(trace, 'request-impossible-time')).toBe(2);
    expect(trace.requests.count).toBe(1);
  });
});

/** Every broken experiment file with its code, line, and a word its hint or message must hold. */
const EXPERIMENTS: readonly [name: string, code: ErrorCode, line: number, says: string][] = [
  ['unknown-key', 'KEY_UNKNOWN', 10, 'tensorParallelSize'],
  ['wrong-type', 'EXPERIMENT_INVALID', 22, 'outputTokens'],
  ['no-such-stage', 'EXPERIMENT_INVALID', 28, 'stage 7'],
  ['backwards', 'TRACE_CLOCK', 3, 'arrival'],
  ['negative', 'WORKLOAD_INVALID', 2, 'promptTokens'],
];

describe('readExperiment refuses', () => {
  it.each(EXPERIMENTS)('%s with %s', async (name, code, line, says) => {
    const error = await expectRefusal(code, () =>
      readExperiment(fixture(`hostile/experiments/${name}.yaml`)),
    );
    expect(error.line).toBe(line);
    expect(`${error.message} ${error.hint ?? ''}`).toContain(says);
  });

  it.each([
    ['0,100.5,10,0,0', 'promptTokens'],
    ['0,100,3000000000,0,0', 'outputTokens'],
    ['0,100,10,,0', 'promptId'],
    ['0,100,10,0,70000', 'stage'],
  ])('the request %s, which its columns cannot hold', async (row, says) => {
    const folder = await mkdtemp(join(tmpdir(), 'trueline-requests-'));
    await copyFile(fixture('hostile/experiments/negative.yaml'), join(folder, 'negative.yaml'));
    const header = 'arrivedAtUs,promptTokens,outputTokens,promptId,stage';
    await writeFile(join(folder, 'negative.csv'), `${header}\n0,1,1,0,0\n${row}\n`);
    const error = await expectRefusal('WORKLOAD_INVALID', () =>
      readExperiment(join(folder, 'negative.yaml')),
    );
    expect(error).toMatchObject({ file: join(folder, 'negative.csv'), line: 3 });
    expect(error.message).toContain(says);
  });

  it('a request trace without requests', async () => {
    await expectRefusal('WORKLOAD_INVALID', () =>
      readExperiment(fixture('hostile/experiments/empty-requests.yaml')),
    );
  });
});

describe('other readers refuse', () => {
  it.each([
    ['mla', 'ARCH_UNSUPPORTED'],
    ['ungated', 'ARCH_UNSUPPORTED'],
    ['quantised-odd', 'ARCH_UNSUPPORTED'],
    ['no-layers', 'FORMAT_INVALID'],
    ['missing', 'FILE_NOT_FOUND'],
  ] as const)('the model configuration %s with %s', async (name, code) => {
    await expectRefusal(code, () => readModelConfig(fixture(`hostile/${name}`)));
  });

  it('a folder that is no suite', async () => {
    await expectRefusal('FORMAT_UNKNOWN', () => readSuite(fixture('replay')));
    await expectRefusal('FILE_NOT_FOUND', () => readSuite(fixture('nowhere')));
  });

  it('a GPU sheet without figures, and a GPU whose cache size is not known', async () => {
    await expectRefusal('FORMAT_INVALID', () => readGpuSheet(fixture('replay/exp-config.yaml')));
    await expectRefusal('GPU_UNKNOWN', () => readGpuSheet(fixture('gpu/toaster.yaml')));
  });
});
