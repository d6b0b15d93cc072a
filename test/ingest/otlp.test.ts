import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { ingestPath } from '../../src/ingest/index.js';
import type { RequestColumns, StepColumns, Trace } from '../../src/trace/trace.js';
import { dataFolder } from '../data.js';
import { diagnosed, fixture } from './fixtures.js';

describe('OTLP steps without requests', () => {
  it('times a step by the schedule() entries after it, never by its duration', async () => {
    const { steps } = await ingestPath(fixture('otlp/steps-only.jsonl'));
    // entries at 0, 1, 11, 21 and 31.5 ms; two deep: D(1) = ts(3) − ts(2) and so on
    expect([...(steps?.periodUs ?? [])]).toEqual([10_000, 10_000, 10_500, NaN, NaN]);
    expect([...(steps?.scheduledAtUs ?? [])]).toEqual([0, 1000, 11_000, 21_000, 31_500]);
  });

  it('reads one-token prefills as first decodes and estimates contexts from KV blocks', async () => {
    const trace = await ingestPath(fixture('otlp/steps-only.jsonl'));
    expect([...(trace.steps?.prefillTokens ?? [])]).toEqual([20, 0, 0, 0, 0]);
    expect([...(trace.steps?.decodeRequests ?? [])]).toEqual([0, 1, 1, 1, 1]);
    expect(trace.steps?.decodeContextTokens[1]).toBe(10 * 16);
    expect(diagnosed(trace, 'step-first-decode')).toBe(1);
    expect(diagnosed(trace, 'step-context-estimated')).toBe(5);
    expect(trace.meta).toMatchObject({ source: 'otlp', clock: 'engine', server: { totalKvBlocks: 101 } });
  });

  it.each(['otlp/bom-crlf.jsonl', 'otlp/steps-only.dat'])('reads %s to the same trace', async (name) => {
    const plain = await ingestPath(fixture('otlp/steps-only.jsonl'));
    const other = await ingestPath(fixture(name));
    expect({ ...other, meta: { ...other.meta, files: [] } }).toEqual({
      ...plain,
      meta: { ...plain.meta, files: [] },
    });
  });
});

const data = dataFolder();

const expectedSchema = z.object({
  requests: z.array(
    z.object({
      internal_id: z.string(),
      api_arrived: z.number(),
      queued: z.number(),
      prompt_tokens: z.number(),
      output_tokens: z.number(),
      cached_prompt_tokens_at_first_schedule: z.number(),
      preemptions: z.number(),
      engine_token_times: z.array(z.number()),
      mean_itl: z.number(),
    }),
  ),
  steps: z.array(
    z.object({
      step: z.number(),
      scheduled_tokens: z.number(),
      requests: z.number(),
      context_tokens: z.number(),
      gpu_seconds: z.number(),
    }),
  ),
});

describe.skipIf(data === undefined)('the synthetic experiment with its ground truth', () => {
  const folder = join(data ?? '', 'samples/otlp/synthetic-experiment');
  const expected = (): z.infer<typeof expectedSchema> =>
    expectedSchema.parse(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')));
  const loaded = data === undefined ? undefined : ingestPath(folder);
  const trace = async (): Promise<Trace & { readonly steps: StepColumns }> => {
    const value = await loaded;
    if (value?.steps === undefined) throw new Error('no steps');
    return { ...value, steps: value.steps };
  };

  it('has every step with the true composition', async () => {
    const { steps } = await trace();
    const truth = expected().steps.filter(({ scheduled_tokens: tokens }) => tokens > 0);
    expect([...steps.id]).toEqual(truth.map(({ step }) => step));
    truth.forEach((step, row) => {
      const [prefill, decode] = [steps.prefillTokens[row] ?? NaN, steps.decodeRequests[row] ?? NaN];
      expect(prefill + decode).toBe(step.scheduled_tokens);
      expect((steps.prefillRequests[row] ?? NaN) + decode).toBe(step.requests);
      // the truth counts the recomputation of step 41 (17 tokens) with the decodes; ours is a prefill
      expect(prefill).toBe(step.context_tokens + (step.step === 41 ? 17 : 0));
    });
    const { diagnostics } = await trace();
    expect(diagnostics.map(({ code }) => code)).not.toContain('step-context-estimated');
  });

  it('has contexts that add up request by request', async () => {
    const { steps } = await trace();
    const requests = expected().requests;
    // a decode's context is the prompt and what was generated before: the request's k-th token comes from context prompt + k − 1
    const decodeContext = requests.reduce(
      (sum, { prompt_tokens: prompt, output_tokens: tokens, preemptions }) => {
        const all = Array.from({ length: tokens - 1 }, (_, k) => prompt + k + 1);
        // the preempted request got its sixth token from the recomputation, not from a decode
        return sum + all.reduce((a, b) => a + b, 0) - (preemptions > 0 ? prompt + 5 : 0);
      },
      0,
    );
    expect([...steps.decodeContextTokens].reduce((a, b) => a + b, 0)).toBe(decodeContext);
    const newRequests = [...steps.newRequests].reduce((a, b) => a + b, 0);
    expect(newRequests).toBe(requests.length + 1);
  });

  it('has the true GPU time of every step that two non-empty ones follow', async () => {
    const { steps } = await trace();
    const truth = new Map(expected().steps.map(({ step, gpu_seconds: seconds }) => [step, seconds * 1e6]));
    // the first step also pays its launch: nothing runs that could hide it
    steps.periodUs.slice(1, -2).forEach((us, i) => expect(us).toBeCloseTo(truth.get(i + 2) ?? NaN, 0));
    // no later step times the last two; the server's log does
    expect(steps.periodUs.slice(-2)).toEqual(Float64Array.of(6050, 6050));
  });

  it('has every request with its instants, tokens, cache hits and preemptions', async () => {
    const { requests } = await trace();
    const truth = new Map(expected().requests.map((request) => [request.internal_id, request]));
    expect(requests.count).toBe(12);
    requests.ids?.forEach((id, row) => expectRequest(requests, row, truth.get(id)));
  });

  it('reports the aborted call that never reached the engine, and what it did not join', async () => {
    const value = await trace();
    expect(diagnosed(value, 'request-without-journey')).toBe(1);
    // the client's log; iterations of the server's are joined by step id
    expect(diagnosed(value, 'part-not-joined')).toBe(11);
    expect(diagnosed(value, 'step-period-joined')).toBe(2);
    expect(value.meta).toMatchObject({
      model: 'example-org/tiny-llm',
      server: { maxNumBatchedTokens: 64, totalKvBlocks: 21 },
    });
    expect(value.stages?.map(({ stage }) => stage)).toEqual([0, 'all']);
  });
});

/** A duration between instants in seconds, in µs. */
const us = (from: number, to: number): number => (to - from) * 1e6;

function expectRequest(
  requests: RequestColumns,
  row: number,
  truth: z.infer<typeof expectedSchema>['requests'][number] | undefined,
): void {
  if (truth === undefined) throw new Error('a request that is not in the ground truth');
  const at = (column: Float64Array | undefined): number => column?.[row] ?? NaN;
  const { engine_token_times: tokens } = truth;
  expect(at(requests.queuedAtUs) - at(requests.arrivedAtUs)).toBeCloseTo(
    us(truth.api_arrived, truth.queued),
    0,
  );
  expect(at(requests.firstTokenAtUs) - at(requests.arrivedAtUs)).toBeCloseTo(
    us(truth.api_arrived, tokens[0] ?? NaN),
    0,
  );
  const itlUs = (at(requests.finishedAtUs) - at(requests.firstTokenAtUs)) / (truth.output_tokens - 1);
  expect(Math.abs(itlUs / (truth.mean_itl * 1e6) - 1)).toBeLessThan(1e-4);
  expect(requests.promptTokens[row]).toBe(truth.prompt_tokens);
  expect(requests.outputTokens[row]).toBe(truth.output_tokens);
  expect(requests.cachedTokens?.[row]).toBe(truth.cached_prompt_tokens_at_first_schedule);
  expect(requests.preemptions?.[row]).toBe(truth.preemptions);
}
