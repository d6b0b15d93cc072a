import { describe, expect, it } from 'vitest';
import type { RequestTraceWorkload } from '../../../src/trace/experiment.js';
import { offeredRatesPerS } from '../../../src/validate/knee/offered-load.js';

describe('offeredRatesPerS', () => {
  it('of a recorded stage is its gaps ÷ its time; of the run that of its busiest stage', () => {
    const atS = [0, 1, 2, 10, 10.5, 11, 11.5, 30];
    const stage = Uint16Array.of(0, 0, 0, 1, 1, 1, 1, 2);
    const ones = new Int32Array(atS.length).fill(1);
    const recorded: RequestTraceWorkload = {
      kind: 'request-trace',
      arrivedAtUs: Float64Array.from(atS, (s) => s * 1e6),
      promptTokens: ones,
      outputTokens: ones,
      promptId: ones,
      stage,
    };
    expect([...offeredRatesPerS(recorded)]).toEqual([
      [0, 1],
      [1, 2],
      ['all', 2],
    ]);
  });

  it('of stages is as asked for, of users unknown', () => {
    const tokens = { law: 'constant', value: 10 } as const;
    const rest = { kind: 'synthetic', prompts: { questionTokens: tokens }, outputTokens: tokens } as const;
    const stages = [
      { ratePerS: 8, durationS: 10 },
      { ratePerS: 4, durationS: 10 },
    ];
    const load = { kind: 'rate', gaps: { law: 'poisson' }, fillStages: true, stages } as const;
    expect([...offeredRatesPerS({ ...rest, load })]).toEqual([
      [0, 8],
      [1, 4],
      ['all', 8],
    ]);
    const users = {
      kind: 'users',
      users: 2,
      sessions: 2,
      thinkTimeS: { law: 'constant', value: 0 },
    } as const;
    expect(offeredRatesPerS({ ...rest, load: users }).size).toBe(0);
  });
});
