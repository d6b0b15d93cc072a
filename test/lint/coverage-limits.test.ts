import { describe, expect, it } from 'vitest';
import { coverageLimits } from '../../src/lint/index.js';
import { madeUpRequests, madeUpRun, madeUpSteps } from './made-up-run.js';

/** Costs that a run determines. */
const determined = (...[trace]: Parameters<typeof coverageLimits>): readonly string[] =>
  coverageLimits(trace).flatMap((limit) => (limit.determined ? [limit.cost] : []));

describe('coverageLimits', () => {
  it('sees that one batch size and one context determine neither cost, but full prefills do', () => {
    expect(determined(madeUpRun())).toEqual(['prefill compute', 'front end (TTFT beyond the steps)']);
  });

  it('sees batches and contexts that vary', () => {
    const steps = madeUpSteps();
    const varied = {
      ...steps,
      decodeRequests: steps.decodeRequests.map((_, row) => 1 + (row % 40)),
      decodeContextTokens: steps.decodeContextTokens.map((_, row) => 600 * (1 + (row % 40))),
    };
    expect(determined(madeUpRun({ steps: varied }))).toContain('batch size (GEMM, sampler)');
    expect(determined(madeUpRun({ steps: varied }))).toContain('decode attention, by context');
  });

  it('does not count steps without a period, nor times of the engine for the front end', () => {
    const steps = { ...madeUpSteps(), periodUs: new Float64Array(400).fill(NaN) };
    const run = madeUpRun({ steps });
    expect(determined({ ...run, meta: { ...run.meta, clock: 'engine' } })).toEqual([]);
  });

  it('tells costs per step and per layer apart in no single run', () => {
    const limits = coverageLimits(madeUpRun({ requests: madeUpRequests({}, { startS: 300 }) }));
    expect(limits.at(-1)).toMatchObject({ determined: false });
    expect(limits.find(({ cost }) => cost === 'load, by rate')?.determined).toBe(true);
  });
});
