import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TruelineError } from '../../src/errors.js';
import { simulate, type SimulationResult } from '../../src/engine/index.js';
import { blockCopyUs } from '../../src/engine/kv-capacity.js';
import { BATCH_FIELDS } from '../../src/trace/batch-shape.js';
import { REQUEST_STATUSES } from '../../src/trace/trace.js';
import { LLAMA_8B } from './setup.js';
import { randomRun, type RandomRun } from './twin/random-runs.js';
import { ENDLESS, TwinEngine } from './twin/engine.js';

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

/** Undefined when vLLM would hang: requests that keep loaded blocks from each other. */
function simulateUnlessStuck(run: RandomRun): SimulationResult | undefined {
  try {
    return simulate({ arch: LLAMA_8B, ...run, recordSteps: true, withCpuTier: true });
  } catch (error) {
    if (error instanceof TruelineError && error.message.endsWith('vLLM would hang')) return undefined;
    throw error;
  }
}

function compare(run: RandomRun) {
  const { requests, server, latency, gpu } = run;
  const result = simulateUnlessStuck(run);
  const twin = new TwinEngine(requests, server, latency, blockCopyUs(LLAMA_8B, gpu, server));
  if (result === undefined) {
    expect(() => twin.run()).toThrow(ENDLESS);
    return undefined;
  }
  twin.run();
  const { trace, summary } = result;
  expect(trace.steps!.count).toBe(twin.steps.length);
  for (const field of STEP_FIELDS) {
    const expected = twin.steps.map((step) => step[field]);
    expect(Array.from(trace.steps![field]!), `steps.${field}`).toEqual(expected);
  }
  for (const field of ROW_FIELDS)
    expect(Array.from(trace.requests[field]!), field).toEqual(twin.rows.map((row) => row[field]));
  // Without a step record the engine takes strides over steps of decodes: same requests, same sums.
  const striding = simulate({
    arch: LLAMA_8B,
    gpu,
    server,
    requests,
    latency,
    check: true,
    withCpuTier: true,
  });
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
      storingRuns: 0,
      loadingRuns: 0,
      stuckRuns: 0,
    };
    fc.assert(
      fc.property(randomRun, (run) => {
        seen.runs++;
        const compared = compare(run);
        if (compared === undefined) {
          seen.stuckRuns++;
          return;
        }
        const { summary, aborts } = compared;
        if (summary.cpuBlocksStored > 0) seen.storingRuns++;
        if (summary.cpuBlocksLoaded > 0) seen.loadingRuns++;
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
        `${seen.aborts} aborts in ${seen.abortedRuns}, ` +
        `blocks stored on the CPU in ${seen.storingRuns}, loaded in ${seen.loadingRuns}, stuck ${seen.stuckRuns}\n`,
    );
    expect(seen.preemptedRuns).toBeGreaterThan(RUNS / 20);
    expect(seen.hits).toBeGreaterThan(RUNS / 5);
    expect(seen.stoppedRuns).toBeGreaterThan(RUNS / 5);
    expect(seen.storingRuns).toBeGreaterThan(RUNS / 3);
    expect(seen.loadingRuns).toBeGreaterThan(RUNS / 20);
    expect(seen.abortedRuns).toBeGreaterThan(RUNS / 5);
  }, 3_600_000);
});
