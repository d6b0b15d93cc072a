import { describe, expect, test } from 'vitest';
import { correctLatency, NO_CORRECTION, type LatencyModel } from '../../src/coefficients/index.js';
import { emptyBatch } from '../../src/trace/batch-shape.js';

const LATENCY: LatencyModel = {
  stepUs: () => 1000,
  decodeStepUs: (decodeRequests) => 100 * decodeRequests,
  frontBeforeUs: 30,
  frontAfterUs: 10,
  hostStepUs: 5,
};

describe('correctLatency', () => {
  test('scales and shifts every step, and scales the front end only', () => {
    const corrected = correctLatency(LATENCY, { stepScaleRatio: 1.1, stepOffsetUs: 20, frontScaleRatio: 2 });
    expect(corrected.stepUs(emptyBatch())).toBeCloseTo(1120);
    expect(corrected.decodeStepUs(3, 0)).toBeCloseTo(350);
    expect([corrected.frontBeforeUs, corrected.frontAfterUs, corrected.hostStepUs]).toEqual([60, 20, 5]);
  });

  test('no correction changes nothing, and no step goes below 0', () => {
    expect(correctLatency(LATENCY, NO_CORRECTION).decodeStepUs(7, 0)).toBe(700);
    expect(correctLatency(LATENCY, { ...NO_CORRECTION, stepOffsetUs: -500 }).decodeStepUs(1, 0)).toBe(0);
  });
});
