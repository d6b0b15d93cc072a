import { describe, expect, it } from 'vitest';
import type { RequestTraceWorkload, SharedPrefixWorkload } from '../../../src/trace/experiment.js';
import { floodRequests } from '../../../src/validate/knee/flood.js';

const recorded: RequestTraceWorkload = {
  kind: 'request-trace',
  arrivedAtUs: Float64Array.of(0, 1e6, 2e6),
  promptTokens: Int32Array.of(10, 20, 10),
  outputTokens: Int32Array.of(5, 6, 7),
  promptId: Int32Array.of(900, 4, 900),
  stage: Uint16Array.of(0, 1, 2),
};

const shared: SharedPrefixWorkload = {
  kind: 'shared-prefix',
  numGroups: 3,
  promptsPerGroup: 100,
  systemPromptTokens: 10,
  promptTokensMean: 50,
  promptTokensSd: 0,
  outputTokens: 40,
  stages: [{ ratePerS: 1, durationS: 10 }],
  stageGapS: 5,
};

describe('floodRequests', () => {
  it('sends a short trace again with prompts of its own, which repeat as recorded', () => {
    const { count, promptId, promptTokens, arrivedAtUs } = floodRequests(recorded, 1, 0)!;
    expect(count).toBe(400);
    expect([...promptId.subarray(0, 7)]).toEqual([0, 1, 0, 2, 3, 2, 4]);
    expect([...promptTokens.subarray(0, 6)]).toEqual([10, 20, 10, 10, 20, 10]);
    expect(arrivedAtUs.every((us) => us === 0)).toBe(true);
  });

  it('cuts the outputs of the first wave short, one more than the other, and no others', () => {
    const { outputTokens } = floodRequests(shared, 4, 0)!;
    expect([...outputTokens.subarray(0, 6)]).toEqual([10, 20, 30, 40, 40, 40]);
  });

  it('sends repeated prompts twice, so that the second half finds them cached', () => {
    const { count, promptId } = floodRequests(shared, 4, 0)!;
    expect(count).toBe(600);
    expect(promptId[300]).toBe(promptId[0]);
  });

  it('is four waves, and bounded', () => {
    expect(floodRequests(shared, 500, 0)!.count).toBe(2000);
    expect(floodRequests(shared, 100_000, 0)!.count).toBe(8192);
  });
});
