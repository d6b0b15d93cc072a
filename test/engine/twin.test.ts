import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/engine/index.js';
import { BATCH_FIELDS } from '../../src/trace/batch-shape.js';
import { REQUEST_STATUSES } from '../../src/trace/trace.js';
import { H100, LLAMA_8B } from './setup.js';
import { randomRun, type RandomRun } from './twin/random-runs.js';
import { TwinEngine } from './twin/engine.js';

const RUNS = Number(process.env['TRUELINE_TWIN_RUNS'] ?? 2000);

const ABORTED = REQUEST_STATUSES.indexOf('aborted');

const STEP_FIELDS = [
  ...(['id', 'scheduledAtUs', 'startedAtUs', 'periodUs', 'running', 'waiting', 'kvBlocksUsed'] as const),
  ...BATCH_FIELDS,
];
const ROW_FIELDS = [
  'arrivedAtUs',
  'queuedAtUs',
  'scheduledAtUs',
  'firstTokenAtUs',
  'finishedAtUs',
  'cachedTokens',
  'preemptions',
  'arrivedStep',
  'scheduledStep',
  'firstTokenStep',
  'finishedStep',
  'outputTokens',
  'status',
] as const;

function compare({ requests, server, latency }: RandomRun) {
  const { trace, summary } = simulate({
    arch: LLAMA_8B,
    gpu: H100,
    server,
    requests,
    latency,
    recordSteps: true,
  });
  const twin = new TwinEngine(requests, server, latency).run();
  expect(trace.steps!.count).toBe(twin.steps.length);
  for (const field of STEP_FIELDS) {
    const expected = twin.steps.map((step) => step[field]);
    expect(Array.from(trace.steps![field]!), `steps.${field}`).toEqual(expected);
  }
  for (const field of ROW_FIELDS)
    expect(Array.from(trace.requests[field]!), field).toEqual(twin.rows.map((row) => row[field]));
  // Without a step record the engine takes strides over steps of decodes: same requests, same sums.
  const striding = simulate({ arch: LLAMA_8B, gpu: H100, server, requests, latency, check: true });
  expect(striding.trace.requests).toEqual(trace.requests);
  expect(striding.summary).toEqual(summary);
  return { summary, aborts: trace.requests.status.filter((status) => status === ABORTED).length };
}

describe('the engine and its slow twin', () => {
  it('agree on every instant of every request and step', () => {
    const seen = {
      runs: 0,
      steps: 0,
      preemptions: 0,
      preemptedRuns: 0,
      hits: 0,
      stoppedRuns: 0,
      abortedRuns: 0,
      aborts: 0,
    };
    fc.assert(
      fc.property(randomRun, (run) => {
        const { summary, aborts } = compare(run);
        seen.runs++;
        seen.steps += summary.steps;
        seen.preemptions += summary.preemptions;
        if (summary.preemptions > 0) seen.preemptedRuns++;
        if (summary.hitTokens > 0) seen.hits++;
        if (run.requests.stopAfterTokens !== undefined) seen.stoppedRuns++;
        if (aborts > 0) seen.abortedRuns++;
        seen.aborts += aborts;
      }),
      { numRuns: RUNS, seed: 20_260_224 },
    );
    process.stdout.write(
      `twin: ${seen.runs} runs, ${seen.steps} steps, ${seen.preemptions} preemptions in ${seen.preemptedRuns} runs, ` +
        `prefix hits in ${seen.hits} runs, unforeseen ends in ${seen.stoppedRuns}, ` +
        `${seen.aborts} aborts in ${seen.abortedRuns}\n`,
    );
    expect(seen.preemptedRuns).toBeGreaterThan(RUNS / 20);
    expect(seen.hits).toBeGreaterThan(RUNS / 5);
    expect(seen.stoppedRuns).toBeGreaterThan(RUNS / 5);
    expect(seen.abortedRuns).toBeGreaterThan(RUNS / 5);
  });
});
