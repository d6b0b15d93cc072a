import { mean } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { buildRequests } from '../../src/engine/index.js';
import type { SharedPrefixWorkload } from '../../src/trace/experiment.js';
import { refusal } from './setup.js';

const WORKLOAD: SharedPrefixWorkload = {
  kind: 'shared-prefix',
  numGroups: 3,
  promptsPerGroup: 4,
  systemPromptTokens: 100,
  promptTokensMean: 573.25,
  promptTokensSd: 4,
  outputTokens: 248,
  stages: [
    { ratePerS: 8, durationS: 60 },
    { ratePerS: 0.1, durationS: 600 },
  ],
  stageGapS: 30,
};

/** Group of each distinct prompt, in sending order. */
const order = (seed: number): number[] =>
  buildRequests(WORKLOAD, seed).prompts.map((segments) => segments[0]!.contentId);

describe('a shared-prefix workload', () => {
  const requests = buildRequests(WORKLOAD, 7);

  it('sends rate × duration requests, the last one as the stage ends', () => {
    expect(requests.count).toBe(480 + 60);
    expect(requests.arrivedAtUs[479]).toBeCloseTo(60e6, 3);
    expect(requests.arrivedAtUs[539]).toBeCloseTo(600e6, 3);
    expect(requests.stageGapUs).toBe(30e6);
    expect(Array.from(requests.stage).indexOf(1)).toBe(480);
  });

  it('has exponential gaps: their spread is their mean', () => {
    const gaps = Array.from(requests.arrivedAtUs.subarray(1, 480), (at, i) => at - requests.arrivedAtUs[i]!);
    const average = mean(gaps);
    const spread = Math.sqrt(mean(gaps.map((gap) => (gap - average) ** 2)));
    expect(average).toBeCloseTo(125_000, -4);
    expect(spread / average).toBeGreaterThan(0.85);
    expect(spread / average).toBeLessThan(1.15);
  });

  it('sends its prompts round robin, from the first one in each stage', () => {
    expect(Array.from(requests.promptId.subarray(0, 13))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0]);
    expect(requests.promptId[480]).toBe(0);
    for (let row = 0; row < requests.count; row++) {
      const segments = requests.prompts[requests.promptId[row]!]!;
      expect(segments.reduce((sum, segment) => sum + segment.tokens, 0)).toBe(requests.promptTokens[row]);
    }
  });

  it('keeps the mean length of the distinct prompts and spreads the single ones', () => {
    const lengths = Array.from(requests.promptTokens.subarray(0, 12));
    expect(mean(lengths)).toBe(573.25);
    expect(new Set(lengths).size).toBeGreaterThan(3);
  });

  it('has as many prompts of each group as asked, in an order that depends on the seed', () => {
    expect(order(7).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
    expect(order(7)).not.toEqual(order(8));
  });

  it('is the same for the same seed and another one for another', () => {
    expect(buildRequests(WORKLOAD, 7)).toEqual(requests);
    expect(buildRequests(WORKLOAD, 8).arrivedAtUs).not.toEqual(requests.arrivedAtUs);
  });

  it('never makes a prompt shorter than its system prompt', () => {
    const wide = buildRequests({ ...WORKLOAD, promptTokensMean: 103, promptTokensSd: 50 }, 1);
    expect(Math.min(...wide.promptTokens)).toBe(101);
    expect(mean(Array.from(wide.promptTokens.subarray(0, 12)))).toBe(103);
  });
});

describe('workloads that cannot be', () => {
  it.each([
    [{ stages: [] }, 'the workload has no stages'],
    [{ stages: [{ ratePerS: 0, durationS: 10 }] }, 'stages[0].ratePerS is 0'],
    [{ stages: [{ ratePerS: NaN, durationS: 10 }] }, 'stages[0].ratePerS is NaN'],
    [{ stages: [{ ratePerS: 1, durationS: Infinity }] }, 'stages[0].durationS is Infinity'],
    [{ stages: [{ ratePerS: 0.5, durationS: 1 }] }, 'stages[0] sends no request (0.5/s for 1 s)'],
    [{ numGroups: 0 }, 'numGroups is 0'],
    [{ promptsPerGroup: 1.5 }, 'promptsPerGroup is 1.5'],
    [{ outputTokens: 0 }, 'outputTokens is 0'],
    [{ promptTokensMean: 100 }, 'promptTokensMean is 100, systemPromptTokens 100'],
    [{ promptTokensSd: -1 }, 'promptTokensSd is -1'],
    [{ promptTokensMean: 1e12 }, 'promptTokensMean is 1000000000000'],
    [{ promptTokensSd: 1e300 }, 'promptTokensSd is 1e+300'],
    [{ outputTokens: 5e9 }, 'outputTokens is 5000000000'],
    [{ numGroups: 1e6, promptsPerGroup: 1e6 }, 'numGroups × promptsPerGroup are 1000000000000 prompts'],
    [{ stageGapS: NaN }, 'stageGapS is NaN'],
  ])('%o', (change, message) => {
    expect(() => buildRequests({ ...WORKLOAD, ...change }, 1)).toThrow(refusal('WORKLOAD_INVALID', message));
  });

  it('a recorded trace with uneven columns, or none', () => {
    const trace = {
      kind: 'request-trace' as const,
      arrivedAtUs: Float64Array.of(0, 1),
      promptTokens: Int32Array.of(1, 1),
      outputTokens: Int32Array.of(1, 1),
      promptId: Int32Array.of(0),
      stage: Uint16Array.of(0, 0),
    };
    expect(() => buildRequests(trace, 1)).toThrow(
      refusal('WORKLOAD_INVALID', 'promptId has 1 rows, arrivedAtUs 2'),
    );
    expect(() => buildRequests({ ...trace, arrivedAtUs: new Float64Array(0) }, 1)).toThrow(
      refusal('WORKLOAD_INVALID', 'the workload has no requests'),
    );
  });
});

describe('a timeout of all clients', () => {
  it('is the same for every request, and absent without one', () => {
    expect(buildRequests(WORKLOAD, 7)).not.toHaveProperty('abortAfterUs');
    const { abortAfterUs } = buildRequests({ ...WORKLOAD, timeoutS: 300 }, 7);
    expect(abortAfterUs).toEqual(new Float64Array(540).fill(300e6));
  });

  it('is refused when it is no time', () => {
    expect(() => buildRequests({ ...WORKLOAD, timeoutS: 0 }, 7)).toThrow(
      refusal('WORKLOAD_INVALID', 'timeoutS is 0'),
    );
  });
});
