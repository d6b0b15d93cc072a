import { describe, expect, it } from 'vitest';
import { renderSimulation } from '../../src/report/index.js';
import { simulation } from './simulated-trace.js';

/** A stage on a server whose knee is at 20 requests/s. */
const stage = (name: 'all' | number, kneeLoadRatio: number, verdict: 'below' | 'near' | 'above') => ({
  stage: name,
  kneeLoadRatio,
  verdict,
});

describe('simulation report', () => {
  it('reads as it did', async () => {
    const { trace, summary } = simulation();
    await expect(
      `${renderSimulation({ trace, summary, intervals: [], beyondFit: [] })}\n`,
    ).toMatchFileSnapshot('../golden/simulation.txt');
  });

  it('says where queues begin to grow, and where each stage lies', () => {
    const { trace, summary } = simulation();
    const knee = {
      requestsPerS: 20,
      limitedBy: 'kv-blocks',
      stages: [stage(0, 0.5, 'below'), stage(1, 1.1, 'above'), stage('all', 1.1, 'above')],
    } as const;
    const text = renderSimulation({ trace, summary, intervals: [], beyondFit: [], knee });
    expect(text).toMatch(/grow from 20\.00 requests\/s .* short of\s+KV blocks/u);
    expect(text).toMatch(/The\s+load\s+is\s+above\s+it/u);
    expect(text).toMatch(/stage 0 +10\.00 +50 % +below/u);
    expect(text).toMatch(/stage 1 +22\.00 +110 % +above/u);
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
