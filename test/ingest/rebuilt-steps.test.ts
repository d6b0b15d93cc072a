import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import * as z from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulate } from '../../src/engine/index.js';
import { ingestPath } from '../../src/ingest/index.js';
import { renderOtlp } from '../../src/report/index.js';
import { BATCH_FIELDS } from '../../src/trace/batch-shape.js';
import type { Trace } from '../../src/trace/trace.js';
import { dataFolder } from '../data.js';
import { affineLatency, H100, LLAMA_8B, server, table } from '../engine/setup.js';
import { diagnosed } from './fixtures.js';

const latency = affineLatency(
  { stepUs: 8_000, prefillTokenUs: 20, decodeUs: 10, contextTokenUs: 1 },
  { frontBeforeUs: 500, frontAfterUs: 500 },
);

/** A run without prefix caching: what a prefill computes follows from its prompt alone. */
function engineRun(
  requests: readonly { at: number; prompt: number; output: number }[],
  budget: number,
): Trace {
  return simulate({
    arch: LLAMA_8B,
    gpu: H100,
    server: {
      ...server(),
      prefixCaching: false,
      maxNumSeqs: 32,
      maxNumBatchedTokens: budget,
      totalKvBlocks: 5_001,
    },
    requests: table(requests),
    latency,
    recordSteps: true,
  }).trace;
}

/** An OTLP line with only the step events that `isKept` keeps. */
function thinned(line: string, isKept: (stepId: number) => boolean): string {
  return JSON.stringify(JSON.parse(line), (key, value: unknown) =>
    key === 'events' && Array.isArray(value)
      ? value.filter((event: unknown) => {
          const id = /"step\.id","value":\{"intValue":"(\d+)"/u.exec(JSON.stringify(event))?.[1];
          return id === undefined || isKept(Number(id));
        })
      : value,
  );
}

const batchSchema = z.looseObject({
  resourceSpans: z.array(
    z.looseObject({
      scopeSpans: z.array(
        z.looseObject({ scope: z.looseObject({ name: z.string() }), spans: z.array(z.unknown()) }),
      ),
    }),
  ),
});
const expectedSchema = z.object({
  steps: z.array(z.object({ step: z.number(), scheduled_tokens: z.number(), requests: z.number() })),
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trueline-rebuilt-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Reads lines as the trace of a server that was started so. */
async function ingestLines(lines: readonly string[], config: string): Promise<Trace> {
  await writeFile(join(folder, 'traces.json'), `${lines.join('\n')}\n`);
  await writeFile(join(folder, 'exp-config.yaml'), config);
  return ingestPath(folder);
}

const configOf = (budget: number): string =>
  `model: demo\ntensor_parallelism: 1\nmax_model_len: 4096\nmax_num_batched_tokens: ${budget}\nmax_num_seqs: 32\napp: none\n`;

const requests = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 60_000 }),
      fc.integer({ min: 5, max: 700 }),
      fc.integer({ min: 1, max: 30 }),
    ),
    {
      minLength: 1,
      maxLength: 25,
    },
  )
  .map((rows) =>
    rows
      .map(([gap, prompt, output]) => ({ gap, prompt, output }))
      .reduce<{ at: number; prompt: number; output: number }[]>(
        (sent, { gap, prompt, output }) => [...sent, { at: (sent.at(-1)?.at ?? 0) + gap, prompt, output }],
        [],
      ),
  );

describe('steps dropped from what the engine itself traced', () => {
  test.prop(
    [
      requests,
      fc.constantFrom(64, 256, 2048),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.integer({ min: 0, max: 255 }),
    ],
    {
      numRuns: 60,
    },
  )('are rebuilt as the engine ran them', async (sent, budget, dice, keptOf256) => {
    const truth = engineRun(sent, budget);
    const isKept = (id: number): boolean => (dice[(id * 7) % 16]! + id * 37) % 256 < keptOf256;
    const lines = Array.from(renderOtlp(truth), (line) => thinned(line, isKept));
    const read = await ingestLines(lines, configOf(budget));
    expect([...read.steps!.id]).toEqual([...truth.steps!.id]);
    for (const field of BATCH_FIELDS) {
      read.steps![field].forEach((value, row) =>
        expect(value, `${field} of row ${row}`).toBeCloseTo(truth.steps![field][row]!, 6),
      );
    }
    expect(diagnosed(read, 'journeys-disagree')).toBe(0);
    const recorded = [...truth.steps!.id].filter(isKept).length;
    expect(diagnosed(read, 'step-rebuilt')).toBe(truth.steps!.count - recorded);
    expect([...read.requests.finishedStep!]).toEqual([...truth.requests.finishedStep!]);
  });

  it('have their GPU time where the batches around them ended with somebody’s token', async () => {
    const sent = Array.from({ length: 20 }, (_, i) => ({ at: i * 8_000, prompt: 50, output: 3 + (i % 5) }));
    const truth = engineRun(sent, 2048);
    const lines = Array.from(renderOtlp(truth), (line) => thinned(line, () => false));
    const { steps } = await ingestLines(lines, configOf(2048));
    const known = Array.from(steps!.periodUs, (us, row) => ({ us, row })).filter(
      ({ us }) => !Number.isNaN(us),
    );
    expect(known.length).toBeGreaterThan(10);
    for (const { us, row } of known) {
      const { startedAtUs, periodUs } = truth.steps!;
      const end = (at: number): number => startedAtUs![at]! + periodUs[at]!;
      expect(us).toBeCloseTo(end(row) - end(row - 1), 2);
    }
  });

  it('are not rebuilt when journeys tell of half the requests only', async () => {
    const sent = Array.from({ length: 20 }, (_, i) => ({ at: i * 4_000, prompt: 50, output: 10 }));
    const truth = engineRun(sent, 2048);
    const lines = Array.from(renderOtlp(truth), (line) => thinned(line, (id) => id % 2 === 0)).map((line) => {
      const batch = batchSchema.parse(JSON.parse(line));
      for (const scope of batch.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans))
        if (scope.scope.name === 'vllm.scheduler') scope.spans = scope.spans.filter((_, i) => i % 2 === 0);
      return JSON.stringify(batch);
    });
    const read = await ingestLines(lines, configOf(2048));
    expect(diagnosed(read, 'step-rebuilt')).toBe(0);
    expect(diagnosed(read, 'journeys-disagree')).toBeGreaterThan(0);
    expect([...read.steps!.id].every((id) => id % 2 === 0)).toBe(true);
  });
});

const data = dataFolder();

describe.skipIf(data === undefined)('steps dropped from the synthetic sample', () => {
  const sample = join(data ?? '', 'samples/otlp/synthetic-experiment');

  test.prop([fc.uint8Array({ minLength: 52, maxLength: 52 }), fc.integer({ min: 0, max: 255 })], {
    numRuns: 40,
  })(
    'have the true requests and contexts, and the true tokens where cache hits are on record',
    async (dice, keptOf256) => {
      const isKept = (id: number): boolean => dice[id - 1]! < keptOf256;
      const lines = readFileSync(join(sample, 'traces.json'), 'utf8').trim().split('\n');
      const read = await ingestLines(
        lines.map((line) => thinned(line, isKept)),
        readFileSync(join(sample, 'exp-config.yaml'), 'utf8'),
      );
      const expected = expectedSchema.parse(JSON.parse(readFileSync(join(sample, 'expected.json'), 'utf8')));
      const truth = expected.steps.filter(({ scheduled_tokens: tokens }) => tokens > 0);
      const steps = read.steps!;
      expect([...steps.id]).toEqual(truth.map(({ step }) => step));
      expect(diagnosed(read, 'journeys-disagree')).toBe(0);
      truth.forEach((step, row) => {
        const [prefill, decode] = [steps.prefillTokens[row]!, steps.decodeRequests[row]!];
        expect(steps.prefillRequests[row]! + decode).toBe(step.requests);
        // the one prefill that is a recomputation counts with the decodes in the truth
        if (isKept(step.step)) expect(prefill + decode).toBe(step.scheduled_tokens);
        else expect(prefill + decode).toBeGreaterThanOrEqual(step.scheduled_tokens);
      });
    },
  );
});
