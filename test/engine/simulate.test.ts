import { describe, expect, it } from 'vitest';
import { buildRequests, simulate, type RequestTable } from '../../src/engine/index.js';
import type { ServerConfig } from '../../src/trace/server-config.js';
import { affineLatency, H100, LLAMA_8B, refusal, server, table } from './setup.js';

const latency = affineLatency(
  { stepUs: 6200, prefillTokenUs: 20, decodeUs: 6, contextTokenUs: 0.039 },
  { frontBeforeUs: 3000, frontAfterUs: 2000, hostStepUs: 700 },
);

const run = (requests: RequestTable, changes: Partial<ServerConfig> = {}) =>
  simulate({ arch: LLAMA_8B, gpu: H100, server: server(changes), requests, latency, check: true });

const loadTest = (seed: number) =>
  buildRequests(
    {
      kind: 'shared-prefix',
      numGroups: 10,
      promptsPerGroup: 10,
      systemPromptTokens: 100,
      promptTokensMean: 573,
      promptTokensSd: 3,
      outputTokens: 248,
      stages: [
        { ratePerS: 4, durationS: 60 },
        { ratePerS: 10, durationS: 60 },
      ],
      stageGapS: 10,
    },
    seed,
  );

describe('a load test', () => {
  const { trace, summary } = run(loadTest(1));

  it('is the same to the byte when run again', () => {
    expect(run(loadTest(1))).toEqual({ trace, summary });
    expect(run(loadTest(2)).trace.requests.firstTokenAtUs).not.toEqual(trace.requests.firstTokenAtUs);
  });

  it('hits the prefix of each prompt but the last block, once it is warm', () => {
    const { cachedTokens, promptTokens } = trace.requests;
    const warm = 150;
    for (let row = warm; row < trace.requests.count; row++)
      expect(cachedTokens![row]).toBe(Math.floor((promptTokens[row]! - 1) / 16) * 16);
    expect(cachedTokens![0]).toBe(0);
  });

  it('starts a stage after the last response of the one before, and the gap', () => {
    const [first, second] = summary.stages;
    const firstArrival = loadTest(1).arrivedAtUs[240]!;
    expect(second!.startedAtUs).toBe(first!.endedAtUs + 10e6 + firstArrival);
  });

  it('computes one decode token for each output token but the first', () => {
    const { steps } = simulate({
      arch: LLAMA_8B,
      gpu: H100,
      server: server(),
      requests: loadTest(1),
      latency,
      recordSteps: true,
    }).trace;
    const decoded = [...steps!.decodeRequests].reduce((sum, requests) => sum + requests, 0);
    expect(decoded).toBe(840 * 247);
    expect(summary.outputTokens).toBe(840 * 248);
    const prefilled = [...steps!.prefillTokens].reduce((sum, tokens) => sum + tokens, 0);
    expect(prefilled).toBe(summary.promptTokens - summary.hitTokens);
  });
});

describe('pressure', () => {
  const burst = table(Array.from({ length: 40 }, (_, i) => ({ at: i, prompt: 100, output: 60 })));

  it('with few seats is time limited by seats', () => {
    const { summary } = run(burst, { maxNumSeqs: 4 });
    expect(summary.peakRunning).toBe(4);
    expect(summary.seatLimitedRatio).toBeGreaterThan(0.8);
    expect(summary.kvLimitedRatio).toBe(0);
  });

  it('with few blocks preempts, and is time limited by blocks', () => {
    const { summary, trace } = run(burst, { totalKvBlocks: 60 });
    expect(summary.preemptions).toBeGreaterThan(5);
    expect(summary.kvLimitedRatio).toBeGreaterThan(0.8);
    expect(summary.peakKvBlocksUsed).toBe(59);
    expect(trace.requests.preemptions!.reduce((sum, count) => sum + count, 0)).toBe(summary.preemptions);
  });

  it('under the priority policy lets the important overtake', () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({
      at: i,
      prompt: 100,
      output: 60,
      priority: i === 39 ? -1 : 0,
    }));
    const finished = (policy: 'fcfs' | 'priority') =>
      run(table(rows), { maxNumSeqs: 4, schedulingPolicy: policy }).trace.requests.finishedAtUs[39]!;
    expect(finished('priority')).toBeLessThan(0.3 * finished('fcfs'));
  });
});

it('leaves a CPU tier out unless it is asked for, and says so', () => {
  const requests = table([{ at: 0, prompt: 40, output: 5 }]);
  const config = server({ cpuKvBlocks: 1023 });
  const { trace, summary } = simulate({
    arch: LLAMA_8B,
    gpu: H100,
    server: config,
    requests,
    latency,
  });
  expect(summary.cpuBlocksStored).toBe(0);
  expect(trace.diagnostics).toEqual([
    expect.objectContaining({ code: 'CPU_TIER_IGNORED', kind: 'doubt', count: 1 }),
  ]);
});

it('says when the sampling defaults of the model are only assumed', () => {
  const sampling = { topPOrTopK: true, repetitionPenalty: 1, assumed: true } as const;
  const requests = table([{ at: 0, prompt: 10, output: 5 }]);
  const { trace } = simulate({
    arch: { ...LLAMA_8B, sampling },
    gpu: H100,
    server: server({}),
    requests,
    latency,
  });
  expect(trace.diagnostics).toEqual([
    expect.objectContaining({ code: 'SAMPLING_ASSUMED', kind: 'doubt', count: 1 }),
  ]);
});

describe('what simulate refuses', () => {
  const one = table([{ at: 0, prompt: 10, output: 5 }]);

  it.each([
    [{ maxNumSeqs: 0 }, 'maxNumSeqs is 0'],
    [{ maxNumSeqs: 64, maxNumBatchedTokens: 32 }, 'maxNumSeqs 64 exceeds maxNumBatchedTokens 32'],
    [{ maxNumSeqs: 1e12, maxNumBatchedTokens: 1e12 }, 'maxNumSeqs is 1000000000000'],
    [{ maxNumBatchedTokens: 1e12 }, 'maxNumBatchedTokens is 1000000000000'],
    [{ gpuMemoryUtilizationRatio: 1.5 }, 'gpuMemoryUtilizationRatio is 1.5'],
    [{ longPrefillTokenThreshold: -1 }, 'longPrefillTokenThreshold is -1'],
    [{ totalKvBlocks: 1 }, 'totalKvBlocks is 1'],
    [{ blockSizeTokens: NaN }, 'blockSizeTokens is NaN'],
    [
      { tensorParallelSize: 3 },
      'meta-llama/Llama-3.1-8B has 32 query and 8 KV heads, which 3 ranks cannot share',
    ],
    [
      { tensorParallelSize: 64 },
      'meta-llama/Llama-3.1-8B has 32 query and 8 KV heads, which 64 ranks cannot share',
    ],
  ])('the server %o', (changes, message) => {
    expect(() => run(one, changes)).toThrow(refusal('ENGINE_INVALID', message));
  });

  it.each([
    [table([]), {}, 'there are no requests'],
    [table([{ at: NaN, prompt: 1, output: 1 }]), {}, 'request 0 arrives at NaN µs'],
    [table([{ at: 0, prompt: 0, output: 1 }]), {}, 'request 0 has 0 promptTokens'],
    [table([{ at: 0, prompt: 1, output: 0 }]), {}, 'request 0 has 0 outputTokens'],
    [
      table([{ at: 0, prompt: 1, output: 3, stop: 4 }]),
      {},
      'request 0 has stopAfterTokens 4 of 3 outputTokens',
    ],
    [table([{ at: 0, prompt: 1, output: 1, abortAfter: -1 }]), {}, 'request 0 has abortAfterUs -1'],
    [table([{ at: 0, prompt: 1, output: 1, promptId: -1 }]), {}, 'request 0 has promptId -1'],
    [table([{ at: 0, prompt: 1, output: 1, promptId: 5000 }]), {}, 'promptId reaches 5000 in 1 requests'],
    [
      table([
        { at: 5, prompt: 1, output: 1 },
        { at: 4, prompt: 1, output: 1 },
      ]),
      {},
      'request 1 arrives before request 0',
    ],
    [
      one,
      { maxModelLenTokens: 14 },
      'request 0 has 10 prompt and 5 output tokens; the longest context is 14',
    ],
    [
      table([{ at: 0, prompt: 100, output: 5 }]),
      { totalKvBlocks: 7 },
      'request 0 has 100 prompt and 5 output tokens, which need 7 KV blocks of 6',
    ],
    [
      table([{ at: 0, prompt: 100, output: 5 }]),
      { chunkedPrefill: false, maxNumBatchedTokens: 64, maxNumSeqs: 8 },
      'request 0 has 100 prompt and 5 output tokens; without chunked prefill only 64 fit a step',
    ],
  ])('requests: case %#', (requests, changes, message) => {
    expect(() => run(requests, changes)).toThrow(refusal('WORKLOAD_INVALID', message));
  });

  it('a latency model with a delay that is no time', () => {
    const broken = { ...latency, frontAfterUs: NaN };
    expect(() =>
      simulate({ arch: LLAMA_8B, gpu: H100, server: server(), requests: one, latency: broken }),
    ).toThrow(refusal('ENGINE_INVALID', 'the latency model has frontAfterUs NaN'));
  });

  it('a latency model that prices a step at NaN', () => {
    const broken = { ...latency, decodeStepUs: () => NaN };
    expect(() =>
      simulate({ arch: LLAMA_8B, gpu: H100, server: server(), requests: one, latency: broken }),
    ).toThrow(refusal('ENGINE_INVALID', 'the latency model prices a step at NaN µs'));
  });
});
