import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildRequests, simulate } from '../../../src/engine/index.js';
import type { Distribution, SyntheticWorkload } from '../../../src/trace/experiment.js';
import type { ServerConfig } from '../../../src/trace/server-config.js';
import { sToMs } from '../../../src/units.js';
import { findKnee, type KneeLimit } from '../../../src/validate/knee/knee.js';
import { stageLoad } from '../../../src/validate/saturation.js';
import { affineLatency, H100, LLAMA_8B, server } from '../../engine/setup.js';

const LATENCY = affineLatency({ stepUs: 4000, prefillTokenUs: 20, decodeUs: 20, contextTokenUs: 0.01 });

/** An open loop of one stage; gaps are constant, so that only the server makes requests wait. */
const workload = (
  questionTokens: Distribution,
  outputTokens: Distribution,
  ratePerS = 1,
  durationS = 1,
): SyntheticWorkload => ({
  kind: 'synthetic',
  load: { kind: 'rate', gaps: { law: 'constant' }, stages: [{ ratePerS, durationS }], fillStages: true },
  prompts: { questionTokens },
  outputTokens,
});

const around = (mean: number): Distribution => ({ law: 'lognormal', mean, cv: 0.5, max: 4 * mean });

/** A server, and the lengths of what it is asked for. */
interface Shape {
  readonly changes: Partial<ServerConfig>;
  readonly prompt: Distribution;
  readonly output: Distribution;
}

interface Case extends Shape {
  readonly name: string;
  readonly limitedBy: KneeLimit;
}

const CASES: readonly Case[] = [
  {
    name: 'few seats',
    changes: { maxNumSeqs: 16, maxNumBatchedTokens: 2048 },
    prompt: around(200),
    output: around(100),
    limitedBy: 'seats',
  },
  {
    name: 'few seats, constant lengths',
    changes: { maxNumSeqs: 32, maxNumBatchedTokens: 2048 },
    prompt: { law: 'constant', value: 300 },
    output: { law: 'constant', value: 60 },
    limitedBy: 'seats',
  },
  {
    name: 'few blocks',
    changes: { maxNumSeqs: 256, maxNumBatchedTokens: 4096, totalKvBlocks: 1000 },
    prompt: around(400),
    output: around(100),
    limitedBy: 'kv-blocks',
  },
  {
    name: 'few blocks and long outputs, so that requests are preempted',
    changes: { maxNumSeqs: 128, maxNumBatchedTokens: 4096, totalKvBlocks: 1000 },
    prompt: around(50),
    output: around(300),
    limitedBy: 'kv-blocks',
  },
  {
    name: 'long prompts and short outputs',
    changes: { maxNumSeqs: 256, maxNumBatchedTokens: 2048, totalKvBlocks: 50_000 },
    prompt: around(1500),
    output: around(8),
    limitedBy: 'step-tokens',
  },
  {
    name: 'two replicas',
    changes: { maxNumSeqs: 16, maxNumBatchedTokens: 2048, dataParallelSize: 2 },
    prompt: around(200),
    output: around(100),
    limitedBy: 'seats',
  },
];

/** Requests of a run that is long enough to tell a queue that grows from one that comes and goes. */
const REQUESTS = 3000;

/**
 * Mean wait of the later half of the requests at a constant rate, in units of the time the server needs for all of them.
 * At `load` times the knee a queue that grows makes that ¾ · (1 − 1 ÷ load).
 */
function laterWait({ changes, prompt, output }: Shape, kneePerS: number, load: number): number {
  const ratePerS = load * kneePerS;
  const { trace } = simulate({
    arch: LLAMA_8B,
    gpu: H100,
    server: server(changes),
    requests: buildRequests(workload(prompt, output, ratePerS, REQUESTS / ratePerS), 2),
    latency: LATENCY,
  });
  return stageLoad(trace.requests, 'all').waitMs.secondHalf / sToMs(REQUESTS / kneePerS);
}

const kneeAt = ({ changes, prompt, output }: Shape) =>
  findKnee({
    arch: LLAMA_8B,
    gpu: H100,
    server: server(changes),
    latency: LATENCY,
    workload: workload(prompt, output),
    seed: 1,
  })!;

describe.each(CASES)('knee with $name', (shape) => {
  const knee = kneeAt(shape);

  it('says what the server runs short of', () => {
    expect(knee.limitedBy).toBe(shape.limitedBy);
  });

  it('is where queues begin to grow', () => {
    expect(laterWait(shape, knee.requestsPerS, 0.9)).toBeLessThan(0.01);
    expect(laterWait(shape, knee.requestsPerS, 1.15)).toBeGreaterThan(0.06);
    expect(laterWait(shape, knee.requestsPerS, 1.15)).toBeLessThan(0.14);
  });
});

describe('knee', () => {
  const shapes: fc.Arbitrary<Shape> = fc.record({
    changes: fc.record({
      maxNumSeqs: fc.integer({ min: 4, max: 128 }),
      maxNumBatchedTokens: fc.integer({ min: 512, max: 4096 }),
      totalKvBlocks: fc.integer({ min: 400, max: 4000 }),
      asyncScheduling: fc.boolean(),
    }),
    prompt: fc.integer({ min: 20, max: 1000 }).map(around),
    output: fc.integer({ min: 2, max: 150 }).map(around),
  });

  it('is where queues begin to grow, whatever the server and the lengths', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { requestsPerS } = kneeAt(shape);
        expect(laterWait(shape, requestsPerS, 0.85)).toBeLessThan(0.02);
        expect(laterWait(shape, requestsPerS, 1.2)).toBeGreaterThan(0.05);
      }),
      { numRuns: 12 },
    );
  });

  it('of one seat is one request after the other', () => {
    const shape = {
      changes: { maxNumSeqs: 1, maxNumBatchedTokens: 2048, asyncScheduling: false },
      prompt: { law: 'constant', value: 100 },
      output: { law: 'constant', value: 11 },
    } as const;
    // A step with the prompt, then ten of one token each; contexts are 100 … 110 tokens.
    const serviceUs = 4000 + 100 * 20 + 100 * 0.01 + 10 * (4000 + 20) + 0.01 * 1055;
    expect(kneeAt(shape).requestsPerS).toBeCloseTo(1e6 / serviceUs, 3);
    expect(kneeAt(shape).limitedBy).toBe('seats');
  });

  it('of a closed loop does not exist', () => {
    const load = workload({ law: 'constant', value: 100 }, { law: 'constant', value: 10 });
    const users = {
      ...load,
      load: { kind: 'users', users: 4, sessions: 8, thinkTimeS: { law: 'constant', value: 0 } },
    } as const;
    const context = { arch: LLAMA_8B, gpu: H100, server: server(), latency: LATENCY, seed: 1 };
    expect(findKnee({ ...context, workload: users })).toBeUndefined();
    const conversations = {
      turns: { law: 'constant', value: 2 },
      thinkTimeS: { law: 'constant', value: 1 },
    } as const;
    expect(findKnee({ ...context, workload: { ...load, conversations } })).toBeUndefined();
  });
});
