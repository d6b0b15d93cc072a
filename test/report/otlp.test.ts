import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { latencyModel, readCatalog } from '../../src/coefficients/index.js';
import { buildRequests, simulate } from '../../src/engine/index.js';
import { ingestPath } from '../../src/ingest/index.js';
import { renderOtlp } from '../../src/report/index.js';
import { BATCH_FIELDS } from '../../src/trace/batch-shape.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';
import type { Trace } from '../../src/trace/trace.js';
import { affineLatency, H100, LLAMA_8B, table } from '../engine/setup.js';
import { refusal } from '../refusal.js';
import { simulatedTrace } from './simulated-trace.js';

const attribute = z.object({
  key: z.string(),
  value: z.record(z.string(), z.union([z.string(), z.number()])),
});
const event = z.object({ name: z.string(), attributes: z.array(attribute) });
const scopeSpans = z.object({ spans: z.array(z.object({ events: z.array(event) })) });
/** The part of an export batch that these tests look at. */
const batch = z.object({ resourceSpans: z.array(z.object({ scopeSpans: z.array(scopeSpans) })) });

/** Attributes of every event of one name, integers as numbers. */
function events(trace: Trace, name: string): Record<string, string | number>[] {
  const batches = Array.from(renderOtlp(trace), (line) => batch.parse(JSON.parse(line)));
  return batches
    .flatMap((line) => line.resourceSpans)
    .flatMap((resource) => resource.scopeSpans)
    .flatMap((scope) => scope.spans)
    .flatMap((span) => span.events)
    .filter((candidate) => candidate.name === name)
    .map(({ attributes }) =>
      Object.fromEntries(
        attributes.map(({ key, value }) => [
          key,
          'intValue' in value ? Number(value['intValue']) : Object.values(value)[0]!,
        ]),
      ),
    );
}

const column = (
  rows: readonly Record<string, string | number>[],
  key: string,
): (string | number | undefined)[] => rows.map((row) => row[key]);

describe('OTLP of three requests worked by hand', () => {
  it('reads as it did', async () => {
    await expect(`${[...renderOtlp(simulatedTrace())].join('\n')}\n`).toMatchFileSnapshot(
      '../golden/otlp.jsonl',
    );
  });

  it('counts the first decode of a request as prefill under asynchronous scheduling only', () => {
    // True composition: A prefills, A decodes, A decodes + B prefills, B decodes, C prefills. A's and B's first decodes
    // (steps 2 and 4) are scheduled before their first tokens are back.
    const async = events(simulatedTrace(), 'step.BATCH_SUMMARY');
    expect(column(async, 'batch.num_prefill_reqs')).toEqual([1, 1, 1, 1, 1]);
    expect(column(async, 'batch.num_decode_reqs')).toEqual([0, 0, 1, 0, 0]);
    const sync = simulatedTrace(false);
    expect(column(events(sync, 'step.BATCH_SUMMARY'), 'batch.decode_tokens')).toEqual([
      ...sync.steps!.decodeRequests,
    ]);
  });

  it('places journeys at the ends of the steps that made their tokens', () => {
    const trace = simulatedTrace();
    const ends = trace.steps!.startedAtUs!.map((us, row) => us + trace.steps!.periodUs[row]!);
    const first = events(trace, 'journey.FIRST_TOKEN');
    expect(column(first, 'ts.monotonic_ns')).toEqual(
      Array.from(trace.requests.firstTokenStep!, (step) => ends[step]! * 1000),
    );
    expect(column(events(trace, 'journey.FINISHED'), 'decode.done_tokens')).toEqual([3, 2, 1]);
    expect(column(events(trace, 'journey.SCHEDULED'), 'schedule.kind')).toEqual(['FIRST', 'FIRST', 'FIRST']);
  });

  it('is refused for anything but a simulation with its steps', () => {
    const trace = simulatedTrace();
    const { steps: _, ...stepless } = trace;
    expect(refusal(() => [...renderOtlp(stepless)]).code).toBe('TRACE_INVALID');
  });
});

describe('OTLP read back by the importer', () => {
  let folder: string;
  let truth: Trace;
  let read: Trace;
  beforeAll(async () => {
    const facts = await readCatalog();
    const [arch, gpu] = [facts.model('llama-3.1-8b-instruct'), facts.gpu('H100')];
    const server = { ...DEFAULT_SERVER, maxNumSeqs: 64, totalKvBlocks: 20_001 };
    const set = facts.coefficientSet(facts.coefficientSetNames[0]!);
    const workload = {
      kind: 'shared-prefix',
      numGroups: 3,
      promptsPerGroup: 3,
      systemPromptTokens: 64,
      promptTokensMean: 700,
      promptTokensSd: 7,
      outputTokens: 40,
      stages: [{ ratePerS: 20, durationS: 6 }],
      stageGapS: 1,
    } as const;
    truth = simulate({
      arch,
      gpu,
      server,
      requests: buildRequests(workload, 7),
      latency: latencyModel(set, { arch, gpu, server, kernels: facts.kernels('H100') }),
      recordSteps: true,
    }).trace;
    folder = await mkdtemp(join(tmpdir(), 'trueline-otlp-'));
    const file = join(folder, 'traces.json');
    await writeFile(file, `${[...renderOtlp(truth)].join('\n')}\n`);
    read = await ingestPath(file);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('gives back every request with its tokens and steps', () => {
    expect(read.requests.count).toBe(truth.requests.count);
    expect([...read.requests.promptTokens]).toEqual([...truth.requests.promptTokens]);
    expect([...read.requests.outputTokens]).toEqual([...truth.requests.outputTokens]);
    expect([...read.requests.firstTokenStep!]).toEqual([...truth.requests.firstTokenStep!]);
    expect([...read.requests.finishedStep!]).toEqual([...truth.requests.finishedStep!]);
  });

  it('gives back every step with its true composition', () => {
    expect([...read.steps!.id]).toEqual([...truth.steps!.id]);
    expect([...read.steps!.kvBlocksUsed]).toEqual([...truth.steps!.kvBlocksUsed]);
    for (const field of [
      'prefillTokens',
      'prefillRequests',
      'decodeRequests',
    ] satisfies (typeof BATCH_FIELDS)[number][]) {
      expect([...read.steps![field]], field).toEqual([...truth.steps![field]]);
    }
  });

  it('gives back the periods of busy steps', () => {
    const errors = Array.from(read.steps!.periodUs, (us, row) =>
      Math.abs(us / truth.steps!.periodUs[row]! - 1),
    ).filter((error) => !Number.isNaN(error));
    expect(errors.length).toBeGreaterThan(truth.steps!.count / 2);
    expect(errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)]).toBeLessThan(0.02);
  });
});

it('writes a request whose client gave up, which reads back as aborted', async () => {
  const { trace } = simulate({
    arch: LLAMA_8B,
    gpu: H100,
    server: { ...DEFAULT_SERVER, totalKvBlocks: 1001 },
    requests: table([
      { at: 0, prompt: 4, output: 30, abortAfter: 45_000 },
      { at: 0, prompt: 2, output: 2 },
    ]),
    latency: affineLatency({ stepUs: 10_000, prefillTokenUs: 0, decodeUs: 0, contextTokenUs: 0 }),
    recordSteps: true,
  });
  expect(column(events(trace, 'journey.FINISHED'), 'finish.status')).toEqual(['aborted', 'length']);
  expect(events(trace, 'api.ABORTED')).toHaveLength(1);
  const folder = await mkdtemp(join(tmpdir(), 'trueline-aborted-'));
  await writeFile(
    join(folder, 'traces.json'),
    [...renderOtlp(trace)].map((line) => `${line.trimEnd()}\n`).join(''),
  );
  const read = await ingestPath(folder);
  await rm(folder, { recursive: true });
  expect(read.requests.status).toEqual(trace.requests.status);
});
