import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { buildRequests, simulate, type RequestTable } from '../../src/engine/index.js';
import type { SyntheticWorkload } from '../../src/trace/experiment.js';
import type { ServerConfig } from '../../src/trace/server-config.js';
import type { RequestColumns } from '../../src/trace/trace.js';
import { affineLatency, H100, LLAMA_8B, refusal, server, table } from './setup.js';

const FRONT = { frontBeforeUs: 3000, frontAfterUs: 2000, hostStepUs: 700 };
const latency = affineLatency(
  { stepUs: 6200, prefillTokenUs: 20, decodeUs: 6, contextTokenUs: 0.039 },
  FRONT,
);

const run = (requests: RequestTable, changes: Partial<ServerConfig> = {}, recordSteps = false) =>
  simulate({
    arch: LLAMA_8B,
    gpu: H100,
    server: server(changes),
    requests,
    latency,
    check: true,
    recordSteps,
  });

const constant = (value: number) => ({ law: 'constant', value }) as const;
const closedLoop = (users: number, sessions: number, thinkTimeS = 0): SyntheticWorkload => ({
  kind: 'synthetic',
  load: { kind: 'users', users, sessions, thinkTimeS: constant(thinkTimeS) },
  prompts: { questionTokens: { law: 'uniform', min: 1, max: 60 } },
  outputTokens: { law: 'uniform', min: 1, max: 40 },
});

/** Most requests between sending and last token at once; one that ends as another begins makes room for it. */
function mostOpen({ arrivedAtUs, finishedAtUs }: RequestColumns): number {
  const events = [
    ...Array.from(arrivedAtUs, (at) => ({ at, change: 1 })),
    ...Array.from(finishedAtUs, (at) => ({ at, change: -1 })),
  ].toSorted((a, b) => a.at - b.at || a.change - b.change);
  let open = 0;
  let most = 0;
  for (const { change } of events) most = Math.max(most, (open += change));
  return most;
}

/** Rows of each prompt id, in sending order: the turns of a conversation. */
function turnsOf({ promptId }: RequestColumns): number[][] {
  const turns = new Map<number, number[]>();
  promptId!.forEach((id, row) => turns.set(id, [...(turns.get(id) ?? []), row]));
  return [...turns.values()];
}

const conversing: fc.Arbitrary<SyntheticWorkload> = fc
  .record({
    users: fc.integer({ min: 1, max: 6 }),
    sessions: fc.integer({ min: 1, max: 15 }),
    turns: fc.integer({ min: 1, max: 4 }),
    thinkTimeS: fc.constantFrom(0, 0.05, 2),
    prefix: fc.boolean(),
    byRate: fc.boolean(),
  })
  .map(({ users, sessions, turns, thinkTimeS, prefix, byRate }) => ({
    ...closedLoop(users, sessions, thinkTimeS),
    ...(byRate && {
      load: {
        kind: 'rate',
        gaps: { law: 'poisson' },
        fillStages: true,
        stages: [{ ratePerS: 5, durationS: sessions / 5 }],
      },
    }),
    prompts: {
      questionTokens: { law: 'uniform', min: 1, max: 60 },
      ...(prefix && { sharedPrefix: { groups: 2, tokens: 40 } }),
    },
    conversations: {
      turns: { law: 'uniform', min: 1, max: turns },
      thinkTimeS: { law: 'exponential', mean: Math.max(0.001, thinkTimeS) },
    },
  }));

describe('users', () => {
  test.prop([fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 30 }), fc.boolean()], { numRuns: 60 })(
    'keep as many requests open as there are users, never more',
    (users, sessions, asyncScheduling) => {
      const { trace } = run(buildRequests(closedLoop(users, sessions), 3), {
        asyncScheduling,
        maxNumSeqs: 4,
      });
      expect(trace.requests.count).toBe(sessions);
      expect(mostOpen(trace.requests)).toBe(Math.min(users, sessions));
      // Without thinking, each response but the last ones is the instant of another request.
      const sent = new Set(trace.requests.arrivedAtUs);
      const answered = [...trace.requests.finishedAtUs].filter((at) => sent.has(at));
      expect(answered.length).toBeGreaterThanOrEqual(Math.max(0, sessions - users));
    },
  );

  it('think before each request', () => {
    const { requests } = run(buildRequests(closedLoop(1, 3, 2), 3)).trace;
    expect(requests.arrivedAtUs[0]).toBe(2e6);
    expect(requests.arrivedAtUs[1]).toBe(requests.finishedAtUs[0]! + 2e6);
    expect(requests.arrivedAtUs[2]).toBe(requests.finishedAtUs[1]! + 2e6);
  });
});

describe('conversations', () => {
  test.prop([conversing, fc.nat(50), fc.boolean()], { numRuns: 80 })(
    'ask after the answer, with all that was said before, which is still in the cache',
    (workload, seed, asyncScheduling) => {
      const plan = buildRequests(workload, seed);
      const { requests } = run(plan, { asyncScheduling }).trace;
      const { arrivedAtUs, finishedAtUs, promptTokens, outputTokens, cachedTokens } = requests;
      expect([...arrivedAtUs]).toEqual([...arrivedAtUs].toSorted((a, b) => a - b));
      if (workload.load.kind === 'users') expect(mostOpen(requests)).toBeLessThanOrEqual(workload.load.users);
      for (const turns of turnsOf(requests)) {
        for (const [turn, row] of turns.entries()) {
          if (turn === 0) continue;
          const before = turns[turn - 1]!;
          const knownTokens = promptTokens[before]! + outputTokens[before]!;
          expect(arrivedAtUs[row]).toBeGreaterThanOrEqual(finishedAtUs[before]!);
          expect(promptTokens[row]).toBeGreaterThan(knownTokens);
          // The last token of an answer was never computed.
          expect(cachedTokens![row]).toBe(Math.floor((knownTokens - 1) / 16) * 16);
        }
      }
    },
  );

  test.prop([conversing, fc.nat(50), fc.boolean()], { numRuns: 80 })(
    'obey the laws when blocks are short, and are the same without strides',
    (workload, seed, asyncScheduling) => {
      const plan = buildRequests(workload, seed);
      const largest = Math.max(
        ...Array.from(plan.promptTokens, (tokens, i) => tokens + plan.outputTokens[i]!),
      );
      const tight = { asyncScheduling, maxNumSeqs: 4, totalKvBlocks: Math.ceil(largest / 16) + 3 };
      const { trace } = run(plan, tight);
      expect(run(plan, tight, true).trace.requests).toEqual(trace.requests);
      for (const turns of turnsOf(trace.requests)) {
        for (const [turn, row] of turns.slice(1).entries()) {
          const before = turns[turn]!;
          const knownTokens = trace.requests.promptTokens[before]! + trace.requests.outputTokens[before]!;
          expect(trace.requests.cachedTokens![row]).toBeLessThanOrEqual(knownTokens - 1);
        }
      }
    },
  );

  it('worked by hand: the second turn computes its question and the last token of the answer', () => {
    const latencyByHand = affineLatency({ stepUs: 1000, prefillTokenUs: 10, decodeUs: 0, contextTokenUs: 0 });
    const requests = {
      ...table([
        { at: 0, prompt: 31, output: 2, promptId: 0 },
        { at: 500, prompt: 43, output: 1, promptId: 0 },
      ]),
      follows: Int32Array.of(-1, 0),
    };
    const { trace } = simulate({
      arch: LLAMA_8B,
      gpu: H100,
      server: server({ asyncScheduling: false }),
      requests,
      latency: latencyByHand,
    });
    // 31 prompt tokens take 1310 µs, the second token 1000; 32 of the 33 tokens fill two blocks.
    expect([...trace.requests.finishedAtUs]).toEqual([2310, 2310 + 500 + 1000 + 10 * (43 - 32)]);
    expect([...trace.requests.cachedTokens!]).toEqual([0, 32]);
  });

  test.prop(
    [
      fc.array(
        fc.record({ prompt: fc.integer({ min: 1, max: 90 }), output: fc.integer({ min: 1, max: 90 }) }),
        {
          minLength: 2,
          maxLength: 8,
        },
      ),
      fc.boolean(),
    ],
    { numRuns: 100 },
  )('are preempted and resumed like single requests', (sizes, asyncScheduling) => {
    const first = sizes.map((size, i) => ({ ...size, at: 10_000 * i, promptId: i }));
    const second = first.map(({ prompt, output, promptId }) => ({
      at: 1e9,
      prompt: prompt + output + 1,
      output: 1,
      promptId,
    }));
    const follows = Int32Array.from([...first.map(() => -1), ...first.map((_, i) => i)]);
    const tight = { asyncScheduling, totalKvBlocks: 14 };
    const single = run(table(first), tight).trace.requests;
    const conversation = run({ ...table([...first, ...second]), follows }, tight).trace.requests;
    for (const column of ['finishedAtUs', 'cachedTokens', 'preemptions'] as const)
      expect(conversation[column]!.slice(0, first.length)).toEqual(single[column]);
  });

  it('compute all again without prefix caching', () => {
    const workload = { ...closedLoop(2, 4), conversations: { turns: constant(3), thinkTimeS: constant(1) } };
    const { summary, trace } = run(buildRequests(workload, 1), { prefixCaching: false });
    expect(trace.requests.count).toBe(12);
    expect(summary.hitTokens).toBe(0);
  });
});

describe('a closed loop in which nobody waits', () => {
  it('is the open loop', () => {
    const open = buildRequests(
      {
        kind: 'synthetic',
        load: {
          kind: 'rate',
          gaps: { law: 'gamma', cv: 2 },
          fillStages: false,
          stages: [
            { ratePerS: 4, durationS: 20 },
            { ratePerS: 9, durationS: 20 },
          ],
        },
        prompts: {
          sharedPrefix: { groups: 2, tokens: 100 },
          questionTokens: { law: 'exponential', mean: 300 },
        },
        outputTokens: { law: 'exponential', mean: 60 },
      },
      5,
    );
    const loop = { ...open, follows: new Int32Array(open.count).fill(-1) };
    expect(run(loop)).toEqual(run(open));
  });
});

describe('closed loops that cannot be', () => {
  const rows = [
    { at: 0, prompt: 20, output: 5, promptId: 0 },
    { at: 0, prompt: 30, output: 5, promptId: 0 },
    { at: 0, prompt: 40, output: 5, promptId: 0 },
  ];
  it.each<[Partial<RequestTable>, string]>([
    [{ users: 0 }, 'users is 0'],
    [{ users: 1, stageGapUs: 5 }, 'stageGapUs is set, and rows wait for responses'],
    [{ follows: Int32Array.of(-1, 1, -1) }, 'request 1 follows 1'],
    [{ follows: Int32Array.of(-1, 0, 0) }, 'two requests follow request 0'],
    [
      { follows: Int32Array.of(-1, 0, 1), promptTokens: Int32Array.of(20, 30, 34) },
      'request 2 has 34 promptTokens, the conversation before it 35',
    ],
  ])('%o', (change, message) => {
    expect(() => run({ ...table(rows), ...change })).toThrow(refusal('WORKLOAD_INVALID', message));
  });
});
