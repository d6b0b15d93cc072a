import { fc, test } from '@fast-check/vitest';
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { buildRequests } from '../../src/engine/index.js';
import { weibullShape } from '../../src/engine/workload/gap-sampler.js';
import { sampler, wholeSampler } from '../../src/engine/workload/sampler.js';
import { randomStream } from '../../src/random.js';
import type { Distribution, GapLaw, RateLoad, SyntheticWorkload } from '../../src/trace/experiment.js';
import { refusal } from '../refusal.js';

const LOAD: RateLoad = {
  kind: 'rate',
  gaps: { law: 'poisson' },
  fillStages: false,
  stages: [{ ratePerS: 20, durationS: 1000 }],
};
const WORKLOAD: SyntheticWorkload = {
  kind: 'synthetic',
  load: LOAD,
  prompts: { questionTokens: { law: 'constant', value: 400 } },
  outputTokens: { law: 'constant', value: 100 },
};
const withLoad = (change: Partial<RateLoad>): SyntheticWorkload => ({
  ...WORKLOAD,
  load: { ...LOAD, ...change },
});
const gapsOf = (arrivedAtUs: Float64Array) =>
  Array.from(arrivedAtUs, (at, i) => (i === 0 ? at : at - arrivedAtUs[i - 1]!));
const cvOf = (values: readonly number[]) => sampleStandardDeviation([...values]) / mean([...values]);
const draws = (law: Distribution, count = 20_000) => {
  const draw = sampler(law, randomStream(3, 'test'));
  return Array.from({ length: count }, draw);
};

describe('arrivals', () => {
  it.each<[GapLaw, number]>([
    [{ law: 'poisson' }, 1],
    [{ law: 'gamma', cv: 0.5 }, 0.5],
    [{ law: 'gamma', cv: 2 }, 2],
    [{ law: 'weibull', cv: 0.5 }, 0.5],
    [{ law: 'weibull', cv: 2 }, 2],
  ])('%o: mean rate and spread of gaps are as asked', (gaps, cv) => {
    const { arrivedAtUs, count } = buildRequests(withLoad({ gaps }), 1);
    // The count of 20000 expected requests has a relative standard deviation of cv/√20000.
    expect(Math.abs(count / 20_000 - 1)).toBeLessThan((4 * cv) / Math.sqrt(20_000));
    expect(Math.abs(cvOf(gapsOf(arrivedAtUs)) / cv - 1)).toBeLessThan(0.05);
  });

  it('constant gaps are equal, whole stages of them', () => {
    const { arrivedAtUs, count } = buildRequests(withLoad({ gaps: { law: 'constant' } }), 1);
    expect(count).toBe(20_000);
    for (const [i, at] of arrivedAtUs.entries()) expect(at).toBe(((i + 1) / 20) * 1e6);
  });

  test.prop(
    [
      fc.constantFrom<GapLaw>({ law: 'constant' }, { law: 'gamma', cv: 1.4 }, { law: 'weibull', cv: 0.6 }),
      fc.double({ min: 0.5, max: 50, noNaN: true }),
      fc.double({ min: 2, max: 40, noNaN: true }),
      fc.boolean(),
    ],
    { numRuns: 50 },
  )('fill their stages exactly, when asked to', (gaps, ratePerS, durationS, gapless) => {
    const stages = [
      { ratePerS, durationS },
      { ratePerS: 2 * ratePerS, durationS },
    ];
    const load = { gaps, fillStages: true, stages, ...(gapless ? {} : { stageGapS: 3 }) };
    const requests = buildRequests(withLoad(load), 5);
    const first = Math.floor(ratePerS * durationS + 1e-9);
    expect(requests.count).toBe(first + Math.floor(2 * ratePerS * durationS + 1e-9));
    expect(requests.arrivedAtUs[first - 1]).toBeCloseTo(durationS * 1e6, 2);
    expect(requests.arrivedAtUs.at(-1)).toBeCloseTo((gapless ? 2 : 1) * durationS * 1e6, 2);
    expect(requests.stageGapUs).toBe(gapless ? undefined : 3e6);
    expect(Array.from(requests.stage).indexOf(1)).toBe(first);
  });

  it('Weibull shapes are those of known spreads', () => {
    expect(weibullShape(1)).toBeCloseTo(1, 9); // exponential
    expect(weibullShape(Math.sqrt(4 / Math.PI - 1))).toBeCloseTo(2, 9); // Rayleigh
    expect(weibullShape(Math.sqrt(5))).toBeCloseTo(0.5, 9); // Γ(5) ÷ Γ(3)² − 1 = 5
  });
});

describe('lengths', () => {
  it.each<[Distribution, number, number]>([
    [{ law: 'constant', value: 7 }, 7, 0],
    [{ law: 'uniform', min: 10, max: 20 }, 15, Math.sqrt(120 / 12)],
    [{ law: 'normal', mean: 500, sd: 50 }, 500, 50],
    [{ law: 'lognormal', mean: 300, cv: 0.8 }, 300, 240],
    [{ law: 'exponential', mean: 80 }, 80, 80],
    [{ law: 'empirical', values: [10, 20, 40], weights: [1, 0, 3] }, 32.5, Math.sqrt(168.75)],
    [{ law: 'empirical', values: [10, 20, 60] }, 30, Math.sqrt(1400 / 3)],
  ])('%o: mean and standard deviation are as asked', (law, expectedMean, expectedSd) => {
    const values = draws(law);
    expect(Math.abs(mean(values) - expectedMean)).toBeLessThanOrEqual(0.03 * expectedSd);
    expect(Math.abs(sampleStandardDeviation(values) - expectedSd)).toBeLessThanOrEqual(0.04 * expectedSd);
  });

  it('reaches both ends of a uniform range and no further', () => {
    expect(new Set(draws({ law: 'uniform', min: 3, max: 6 }))).toEqual(new Set([3, 4, 5, 6]));
  });

  it('never draws a value of weight 0', () => {
    expect(new Set(draws({ law: 'empirical', values: [1, 2, 3], weights: [0, 1, 0] }))).toEqual(new Set([2]));
  });

  it('clamps, and counts at least one token', () => {
    const wide = draws({ law: 'normal', mean: 50, sd: 100, min: 20, max: 90 });
    expect(Math.min(...wide)).toBe(20);
    expect(Math.max(...wide)).toBe(90);
    const draw = wholeSampler({ law: 'exponential', mean: 0.5 }, randomStream(1, 'test'));
    const counts = Array.from({ length: 1000 }, draw);
    expect(Math.min(...counts)).toBe(1);
    expect(counts.every(Number.isInteger)).toBe(true);
  });
});

describe('a synthetic workload', () => {
  const varied: SyntheticWorkload = {
    ...withLoad({ stages: [{ ratePerS: 5, durationS: 60 }] }),
    prompts: {
      sharedPrefix: { groups: 4, tokens: 64 },
      questionTokens: { law: 'lognormal', mean: 300, cv: 1 },
    },
    outputTokens: { law: 'exponential', mean: 100 },
  };

  it('is the same for the same seed and another one for another', () => {
    expect(buildRequests(varied, 7)).toEqual(buildRequests(varied, 7));
    const [one, other] = [buildRequests(varied, 7), buildRequests(varied, 8)];
    for (const column of ['arrivedAtUs', 'promptTokens', 'outputTokens'] as const)
      expect(one[column].slice(0, 100)).not.toEqual(other[column].slice(0, 100));
  });

  it('draws each quantity from a stream of its own', () => {
    const before = buildRequests(varied, 7);
    const after = buildRequests({ ...varied, outputTokens: { law: 'constant', value: 9 } }, 7);
    expect(after.arrivedAtUs).toEqual(before.arrivedAtUs);
    expect(after.promptTokens).toEqual(before.promptTokens);
    expect(after.prompts).toEqual(before.prompts);
    expect(new Set(after.outputTokens)).toEqual(new Set([9]));
  });

  it('begins each prompt with the prefix of one of the groups', () => {
    const requests = buildRequests(varied, 7);
    const groups = requests.prompts.map((segments) => segments[0]!.contentId);
    expect(new Set(groups)).toEqual(new Set([0, 1, 2, 3]));
    expect(Math.min(...requests.promptTokens)).toBeGreaterThan(64);
    const own = requests.prompts.map((segments) => segments[1]!.contentId);
    expect(new Set([...own, ...groups]).size).toBe(requests.count + 4);
  });

  it('sends distinct prompts round robin', () => {
    const requests = buildRequests({ ...varied, prompts: { ...varied.prompts, distinct: 10 } }, 7);
    expect(requests.prompts).toHaveLength(10);
    for (let row = 0; row < requests.count; row++) {
      expect(requests.promptId[row]).toBe(row % 10);
      expect(requests.promptTokens[row]).toBe(requests.promptTokens[row % 10]);
    }
  });
});

describe('synthetic workloads that cannot be', () => {
  const users = { kind: 'users', users: 2, sessions: 3, thinkTimeS: { law: 'constant', value: 1 } } as const;
  const conversations = {
    turns: { law: 'constant', value: 3 },
    thinkTimeS: { law: 'constant', value: 1 },
  } as const;
  const tokens = (questionTokens: Distribution) => ({ ...WORKLOAD, prompts: { questionTokens } });
  it.each<[SyntheticWorkload, string]>([
    [withLoad({ stages: [] }), 'the workload has no stages'],
    [withLoad({ stages: [{ ratePerS: 1, durationS: -1 }] }), 'stages[0].durationS is -1'],
    [
      withLoad({ fillStages: true, stages: [{ ratePerS: 0.1, durationS: 1 }] }),
      'stages[0] sends no request (0.1/s for 1 s)',
    ],
    [withLoad({ stages: [{ ratePerS: 1e6, durationS: 1e6 }] }), 'the stages send 1000000000000 requests'],
    [withLoad({ gaps: { law: 'gamma', cv: 0 } }), 'load.gaps.cv is 0'],
    [withLoad({ gaps: { law: 'weibull', cv: 1000 } }), 'load.gaps.cv is 1000'],
    [withLoad({ stageGapS: -1 }), 'load.stageGapS is -1'],
    [{ ...WORKLOAD, load: { ...users, users: 0 } }, 'load.users is 0'],
    [{ ...WORKLOAD, load: { ...users, sessions: 1.5 } }, 'load.sessions is 1.5'],
    [tokens({ law: 'constant', value: 0 }), 'prompts.questionTokens.value is 0'],
    [tokens({ law: 'uniform', min: 9, max: 8 }), 'prompts.questionTokens.max is 8'],
    [tokens({ law: 'normal', mean: NaN, sd: 1 }), 'prompts.questionTokens.mean is NaN'],
    [tokens({ law: 'normal', mean: 1, sd: 1, min: 3, max: 2 }), 'prompts.questionTokens.max is 2, min 3'],
    [tokens({ law: 'lognormal', mean: 5, cv: -1 }), 'prompts.questionTokens.cv is -1'],
    [tokens({ law: 'exponential', mean: 0 }), 'prompts.questionTokens.mean is 0'],
    [tokens({ law: 'constant', value: 1e12 }), 'prompts.questionTokens.value is 1000000000000'],
    [tokens({ law: 'uniform', min: 1, max: 1e8 }), 'prompts.questionTokens.max is 100000000'],
    [tokens({ law: 'exponential', mean: 1e12 }), 'prompts.questionTokens.mean is 1000000000000'],
    [
      { ...WORKLOAD, prompts: { ...WORKLOAD.prompts, distinct: 5e7 } },
      'prompts.distinct are 50000000 prompts',
    ],
    [tokens({ law: 'empirical', values: [] }), 'prompts.questionTokens has no values'],
    [
      tokens({ law: 'empirical', values: [1], weights: [1, 2] }),
      'prompts.questionTokens has 1 values and 2 weights',
    ],
    [
      tokens({ law: 'empirical', values: [1, 2], weights: [0, 0] }),
      'the sum of prompts.questionTokens.weights is 0',
    ],
    [
      { ...WORKLOAD, conversations, prompts: { ...WORKLOAD.prompts, distinct: 3 } },
      'prompts.distinct is set, and so are conversations',
    ],
    [{ ...withLoad({ stageGapS: 1 }), conversations }, 'load.stageGapS is set, and so are conversations'],
    [
      {
        ...WORKLOAD,
        load: { ...users, sessions: 1e6 },
        conversations: { ...conversations, turns: { law: 'constant', value: 1e6 } },
      },
      'the conversations send 1000000000000 requests',
    ],
  ])('%o', (workload, message) => {
    expect(refusal(() => buildRequests(workload, 1))).toMatchObject({ code: 'WORKLOAD_INVALID', message });
  });
});
