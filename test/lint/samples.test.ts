import { describe, expect, it } from 'vitest';
import { decodePeriodsUs, median, startGapsUs } from '../../src/lint/samples.js';
import { msToUs } from '../../src/units.js';
import { madeUpSteps } from './made-up-run.js';

describe('step times that a quantile looks at', () => {
  it('are all of them in a run of ordinary length', () => {
    const steps = madeUpSteps(400);
    expect([decodePeriodsUs(steps).length, startGapsUs(steps).length]).toEqual([360, 399]);
  });

  it('are an even sample of very many, of the beginning and the end', () => {
    const count = 700_001;
    const made = madeUpSteps(count);
    // a server that gets slower by the step: 10 ms at first, 20 ms at last
    const steps = { ...made, periodUs: made.periodUs.map((_, row) => msToUs(10 + (10 * row) / (count - 1))) };
    const periods = decodePeriodsUs(steps);
    expect(periods.length).toBeLessThanOrEqual(2 ** 18);
    expect(periods.length).toBeGreaterThan(2 ** 17);
    expect(periods[0]).toBe(msToUs(10));
    expect(periods.at(-1)).toBeCloseTo(msToUs(20), 0);
    expect(median(periods)).toBeCloseTo(msToUs(15), -1);
    expect(startGapsUs(steps).length).toBe(Math.ceil((count - 1) / 3));
  });
});
