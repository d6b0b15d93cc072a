import { describe, expect, it } from 'vitest';
import { renderSimulation } from '../../src/report/index.js';
import { simulation } from './simulated-trace.js';

describe('simulation report', () => {
  it('reads as it did', async () => {
    const { trace, summary } = simulation();
    await expect(
      `${renderSimulation({ trace, summary, intervals: [], beyondFit: [] })}\n`,
    ).toMatchFileSnapshot('../golden/simulation.txt');
  });

  it('shows the busy time that its steps add up to', () => {
    const { trace, summary } = simulation();
    const busyS = trace.steps!.periodUs.reduce((sum, us) => sum + us, 0) / 1e6;
    expect(busyS).toBeCloseTo(0.059, 12);
    expect(renderSimulation({ trace, summary, intervals: [], beyondFit: [] })).toMatch(
      /GPU busy +0\.05900 s/u,
    );
  });
});
