import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArrivalSource } from '../../src/engine/arrival-source.js';
import { engineLimits } from '../../src/engine/engine-limits.js';
import { simulate } from '../../src/engine/index.js';
import { LockStepRanks, type RankLatency } from '../../src/engine/lock-step-ranks.js';
import { StepTotals } from '../../src/engine/simulation-summary.js';
import type { ModelArch } from '../../src/trace/model-arch.js';
import { affineLatency, H100, LLAMA_8B, refusal, server, table } from './setup.js';
import { randomRun, type RandomRun } from './twin/random-runs.js';
import { TwinRanks } from './twin/ranks.js';

const MIXTURE: ModelArch = {
  ...LLAMA_8B,
  moe: { layers: 32, experts: 8, expertsPerToken: 2, expertFfnSize: 3584, sharedExpertFfnSize: 0 },
};

/** Every step takes 10 ms plus 1 ms for each token of the largest rank. */
const latency: RankLatency = {
  ...affineLatency({ stepUs: 10_000, prefillTokenUs: 1_000, decodeUs: 1_000, contextTokenUs: 0 }),
  rankStepUs: (_batch, largestTokens) => 10_000 + 1_000 * largestTokens,
};
const machine = { arch: MIXTURE, gpu: H100, latency };

const COLUMNS = ['queuedAtUs', 'scheduledAtUs', 'firstTokenAtUs', 'finishedAtUs'] as const;

function expectTwin({ requests, server: config, latency: prices }: RandomRun, count: number): void {
  const padded: RankLatency = {
    ...prices,
    frontAfterPerOutputTokenUs: 0,
    rankStepUs: (batch, largestTokens) => 1 + prices.stepUs(batch) + 3 * largestTokens,
  };
  const limits = engineLimits(config, config.totalKvBlocks!);
  const source = new ArrivalSource(requests, padded.frontBeforeUs);
  const totals = new StepTotals(limits.usableBlocks);
  const ranks = new LockStepRanks(count, requests, limits, source, padded, totals, true);
  ranks.run();
  const twin = new TwinRanks(count, requests, ranks.replicaOf, config, padded).run();
  const log = ranks.engines[0]!.log.columns(requests);
  for (const column of COLUMNS)
    expect(Array.from(log[column]!), column).toEqual(twin.rows.map((row) => row[column]));
  const working = twin.steps.flatMap(({ chunksOf }) => chunksOf).filter((chunks) => chunks.length > 0);
  expect(ranks.engines.reduce((sum, engine) => sum + engine.step, 0)).toBe(working.length);
}

describe('data-parallel ranks of a mixture of experts', () => {
  it('do what their slow twins do in lock-step', () => {
    const openLoop = randomRun.filter(
      ({ requests, server: config }) =>
        requests.stageGapUs === undefined &&
        requests.abortAfterUs === undefined &&
        config.cpuKvBlocks === undefined,
    );
    fc.assert(fc.property(openLoop, fc.integer({ min: 2, max: 4 }), expectTwin), {
      numRuns: 300,
      seed: 20_261_121,
    });
  });

  it('wait for each other and pad to the largest, worked by hand', () => {
    const requests = table([
      { at: 0, prompt: 4, output: 2 },
      { at: 0, prompt: 2, output: 3 },
      { at: 30_000, prompt: 3, output: 1 },
    ]);
    const { trace, summary } = simulate({
      ...machine,
      server: server({ dataParallelSize: 2 }),
      requests,
      check: true,
    });
    // A goes to rank 0, B to rank 1, C to rank 0.
    // step 0: A prefill 4, B prefill 2     0 – 14 ms, formed at 0, both padded to 4 tokens
    // step 1: A decode, B decode          14 – 25 ms, formed at 0
    // step 2: dummy, B decode             25 – 36 ms, formed at 14
    // step 3: dummy, dummy                36 – 47 ms, formed at 25: B is certain to end with step 2
    // step 4: C prefill 3, dummy          47 – 60 ms, formed at 36
    // Rank 0 finds nothing for A in step 2, notes A's end in 3, and finds nothing for C in 5; so does rank 1 for B in 3 and 4.
    expect(trace.requests.firstTokenAtUs).toEqual(Float64Array.of(14_000, 14_000, 60_000));
    expect(trace.requests.finishedAtUs).toEqual(Float64Array.of(25_000, 36_000, 60_000));
    expect(summary).toMatchObject({
      steps: 3 + 3,
      emptySteps: 5,
      busyUs: 1_000 * (14 + 14 + 11 + 11 + 11 + 13),
    });
  });

  it('end their idle steps at a multiple of 32', () => {
    const rows = [
      { at: 0, prompt: 1, output: 1 },
      { at: 340_000, prompt: 1, output: 1 },
      { at: 800_000, prompt: 1, output: 1 },
    ];
    const { trace } = simulate({
      ...machine,
      server: server({ dataParallelSize: 2 }),
      requests: table(rows),
    });
    // Steps take 11 ms: the 32nd, formed at 330, ends at 352; the one that B joins is formed at 341 and follows it. The 64th
    // ends at 704, so C finds idle ranks.
    expect(trace.requests.firstTokenAtUs).toEqual(Float64Array.of(11_000, 363_000, 811_000));
  });

  it('are slower than replicas that need not wait, never faster', () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({
      at: 9_000 * i,
      prompt: 1 + (i % 9),
      output: 1 + (i % 7),
    }));
    const run = {
      ...machine,
      server: server({ dataParallelSize: 3 }),
      requests: { ...table(rows), users: 6 },
    };
    const together = simulate({ ...run, check: true }).summary;
    const apart = simulate({ ...run, arch: LLAMA_8B }).summary;
    expect(together.outputTokens).toBe(apart.outputTokens);
    expect(together.stages[0]!.endedAtUs).toBeGreaterThanOrEqual(apart.stages[0]!.endedAtUs);
  });

  it('need a latency model that prices them', () => {
    const requests = table([{ at: 0, prompt: 4, output: 2 }]);
    const { rankStepUs: _, ...unpadded } = latency;
    expect(() =>
      simulate({ ...machine, latency: unpadded, server: server({ dataParallelSize: 2 }), requests }),
    ).toThrow(
      refusal(
        'ENGINE_INVALID',
        'the latency model has no price for data-parallel ranks of a mixture of experts',
      ),
    );
  });

  it('have no CPU tier', () => {
    const requests = table([{ at: 0, prompt: 4, output: 2 }]);
    const config = server({ dataParallelSize: 2, cpuKvBlocks: 9 });
    expect(() => simulate({ ...machine, server: config, requests, withCpuTier: true })).toThrow(
      refusal('ENGINE_INVALID', 'cpuKvBlocks is 9 for data-parallel ranks of a mixture of experts'),
    );
  });
});
