import { join } from 'node:path';
import { linearRegression, mean, median, quantile } from 'simple-statistics';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RequestTable } from '../../src/engine/index.js';
import { simulate } from '../../src/engine/index.js';
import { ingestPath } from '../../src/ingest/index.js';
import type { RequestColumns, StepColumns } from '../../src/trace/trace.js';
import { dataFolder } from '../data.js';
import { affineLatency, H100, LLAMA_8B, server } from './setup.js';

const RUN = '20260217-203421-llama-2-70b-hf-tp4-codegen';
const OUTPUT_TOKENS = 247;
const data = dataFolder();

/**
 * A run of vLLM v0.15.1 replayed with its recorded arrivals, steps priced by a line through its own decode steps: what
 * is left to differ is scheduling, blocks and prefix cache.
 */
describe.skipIf(data === undefined)('a recorded run of Llama-2-70B', () => {
  let real: StepColumns;
  let simulated: StepColumns;
  let requests: RequestColumns;
  let replayed: RequestColumns;

  beforeAll(async () => {
    requests = (await ingestPath(join(data!, 'per-request', RUN))).requests;
    real = (await ingestPath(join(data!, 'step-traces', RUN))).steps!;
    const result = simulate({
      arch: LLAMA_8B,
      gpu: H100,
      server: server({ maxNumSeqs: 128, maxNumBatchedTokens: 2048, totalKvBlocks: 31_357 }),
      requests: asSent(requests),
      latency: priceOf(real),
      recordSteps: true,
      check: true,
    });
    replayed = result.trace.requests;
    simulated = result.trace.steps!;
  }, 60_000);

  it('takes as many steps', () => {
    expect(deviation(simulated.id.at(-1)!, real.id.at(-1)!)).toBeLessThan(0.01);
  });

  it('has as many requests running, and keeps as many waiting', () => {
    expect(deviation(mean(values(simulated.running)), mean(values(real.running)))).toBeLessThan(0.01);
    for (const p of [0.5, 0.9]) {
      const difference = quantile(values(simulated.running), p) - quantile(values(real.running), p);
      expect(Math.abs(difference)).toBeLessThanOrEqual(2);
    }
    expect(Math.max(...real.waiting)).toBe(Math.max(...simulated.waiting));
  });

  it('holds as many KV blocks for each running request', () => {
    expect(deviation(blocksPerRequest(simulated), blocksPerRequest(real))).toBeLessThan(0.02);
  });

  it('computes as many prompt tokens a step: what the prefix cache leaves over', () => {
    expect(Math.abs(median(prefills(simulated)) - median(prefills(real)))).toBeLessThanOrEqual(1);
    expect(Math.abs(quantile(prefills(simulated), 0.9) - quantile(prefills(real), 0.9))).toBeLessThanOrEqual(
      1,
    );
    expect(
      deviation(prefills(simulated).length / simulated.count, prefills(real).length / real.count),
    ).toBeLessThan(0.12);
  });

  it('answers as fast', () => {
    expect(deviation(mean(ttfts(replayed)), mean(ttfts(requests)))).toBeLessThan(0.05);
    expect(deviation(mean(e2es(replayed)), mean(e2es(requests)))).toBeLessThan(0.02);
  });
});

/** The requests as the load generator sent them: a hundred prompts in turn, every tenth with the same system prompt. */
function asSent(recorded: RequestColumns): RequestTable {
  const { count, arrivedAtUs } = recorded;
  const rows = Array.from({ length: count }, (_, row) => row);
  return {
    count,
    arrivedAtUs: arrivedAtUs.map((atUs) => atUs - arrivedAtUs[0]!),
    promptTokens: recorded.promptTokens,
    outputTokens: new Int32Array(count).fill(OUTPUT_TOKENS),
    promptId: Int32Array.from(rows, (row) => row % 100),
    stage: recorded.stage,
    prompts: Array.from({ length: 100 }, (_, prompt) => [
      { contentId: 100 + (prompt % 10), tokens: 100 },
      { contentId: prompt, tokens: 1 },
    ]),
  };
}

/** A line through the periods of the recorded decode steps by their number of requests. */
function priceOf(steps: StepColumns) {
  const points = values(steps.periodUs)
    .map((periodUs, step) => [steps.decodeRequests[step]!, periodUs, steps.prefillTokens[step]!] as const)
    .filter(([, periodUs, prefillTokens]) => periodUs > 0 && prefillTokens === 0)
    .map(([decodes, periodUs]) => [decodes, periodUs]);
  const { m, b } = linearRegression(points);
  return affineLatency(
    { stepUs: b, prefillTokenUs: 60, decodeUs: m, contextTokenUs: 0 },
    { frontBeforeUs: 3800, frontAfterUs: 3800 },
  );
}

const values = (column: ArrayLike<number>): number[] => Array.from(column);
const deviation = (simulated: number, real: number): number => Math.abs(simulated / real - 1);
const prefills = ({ prefillTokens }: StepColumns): number[] =>
  values(prefillTokens).filter((tokens) => tokens > 0);
const blocksPerRequest = ({ kvBlocksUsed, running }: StepColumns): number =>
  mean(values(kvBlocksUsed)) / mean(values(running));
const ttfts = ({ firstTokenAtUs, arrivedAtUs }: RequestColumns): number[] =>
  values(firstTokenAtUs)
    .map((atUs, row) => atUs - arrivedAtUs[row]!)
    .filter((us) => us > 0);
const e2es = ({ finishedAtUs, arrivedAtUs }: RequestColumns): number[] =>
  values(finishedAtUs)
    .map((atUs, row) => atUs - arrivedAtUs[row]!)
    .filter((us) => us > 0);
