import { describe, expect, it } from 'vitest';
import { lintTrace } from '../../src/lint/index.js';
import type { RequestColumns } from '../../src/trace/trace.js';
import { madeUpReport, madeUpRequests, madeUpRun, madeUpSteps } from './made-up-run.js';
import { seen, verdicts } from './seen.js';

const growing = (to: number) => madeUpRequests({ ttftMs: (i) => 40 * (1 + ((to - 1) * i) / 1200) });

const failing = (every: number, status: number, lastedUs = NaN): RequestColumns => {
  const requests = madeUpRequests({});
  const fails = (_: number, i: number): boolean => i % every === 0;
  return {
    ...requests,
    status: requests.status.map((s, i) => (fails(s, i) ? status : s)),
    finishedAtUs: requests.finishedAtUs.map((us, i) =>
      fails(us, i) ? requests.arrivedAtUs[i]! + lastedUs : us,
    ),
  };
};

const late = (sendLagMeanMs: number) => madeUpRun({ stages: [madeUpReport({ sendLagMeanMs })] });

const asked = (requestedRatePerS: number) => madeUpRun({ stages: [madeUpReport({ requestedRatePerS })] });

const twoStages = (seed: number) => madeUpRequests({ seed: 1 }, { seed, ratePerS: 20, startS: 300 });

const oneStage = (ratePerS: number, startS: number): RequestColumns => {
  const requests = madeUpRequests({ seed: 1 }, { seed: 2, ratePerS, startS });
  return { ...requests, stage: new Uint16Array(requests.count) };
};

/** One request a second; the server ends one every `serviceS`, in order. */
const served = (serviceS: number): RequestColumns => {
  const requests = madeUpRequests({ requests: 900 });
  const arrivedAtUs = requests.arrivedAtUs.map((_, i) => i * 1e6);
  const finishedAtUs = arrivedAtUs.map((_, i) => (i + 1) * serviceS * 1e6 + 1e6);
  return { ...requests, arrivedAtUs, firstTokenAtUs: finishedAtUs, finishedAtUs };
};
const signs = (requests: RequestColumns, maxNumSeqs = 256) => {
  const run = madeUpRun({ requests });
  const server = { ...run.meta.server, maxNumSeqs };
  const [stage] = lintTrace({ ...run, meta: { ...run.meta, server } }).saturation;
  return Object.fromEntries(stage!.signs.map(({ name, value }) => [name, value]));
};

describe('saturated', () => {
  const rule = 'saturated';
  it('finds a queue that grows through a stage, and says how badly', () => {
    expect(verdicts(rule, madeUpRun({ requests: growing(10) }))).toEqual(['error stage 0']);
    expect(verdicts(rule, madeUpRun({ requests: growing(3) }))).toEqual(['warning stage 0']);
    expect(verdicts(rule, madeUpRun({ requests: growing(1.2) }))).toEqual([]);
  });

  it('does not take a slow start for a trend', () => {
    const requests = madeUpRequests({ ttftMs: (i) => (i < 30 ? 900 : 45) });
    expect(lintTrace(madeUpRun({ requests })).saturation[0]?.signs).toContainEqual(
      expect.objectContaining({ name: 'TTFT drift', value: 1 }),
    );
  });

  it('finds a tail that blew up', () => {
    const requests = madeUpRequests({ ttftMs: (i) => (i % 50 === 49 ? 800 : 45) });
    expect(verdicts(rule, madeUpRun({ requests }))).toEqual(['warning stage 0']);
  });

  it('finds waiting requests and full seats in steps', () => {
    const steps = madeUpSteps();
    const queued = { ...steps, waiting: steps.waiting.map((_, row) => (row >= 300 ? 8 : 0)) };
    expect(verdicts(rule, madeUpRun({ steps: queued }))).toEqual(['error steps']);
    const full = { ...steps, running: steps.running.map((n, row) => (row % 10 === 0 ? 256 : n)) };
    expect(verdicts(rule, madeUpRun({ steps: full }))).toEqual(['warning steps']);
    expect(verdicts(rule, madeUpRun())).toEqual([]);
  });

  it('finds preempted requests', () => {
    const requests = madeUpRequests({});
    const preempted = (every: number): RequestColumns => ({
      ...requests,
      preemptions: Int32Array.from({ length: requests.count }, (_, i) => (i % every === 0 ? 1 : 0)),
    });
    expect(verdicts(rule, madeUpRun({ requests: preempted(50) }))).toEqual(['warning stage 0']);
    expect(verdicts(rule, madeUpRun({ requests: preempted(3) }))).toEqual(['error stage 0']);
    expect(verdicts(rule, madeUpRun({ requests: preempted(1000) }))).toEqual([]);
  });
});

describe('signs of saturation worked by hand', () => {
  it('a queue grows by 1 − capacity ÷ rate, less what chance explains', () => {
    // at arrival 300 the server has ended 150 requests, at arrival 899 449 of them: 151 and 451 in flight
    const slope = (450 - 151 - 4 * Math.sqrt(450 + 151)) / 599;
    expect(signs(served(2))['queue slope']).toBeCloseTo(slope, 2);
    expect(signs(served(1))['queue slope']).toBe(0);
  });

  it('requests in flight are those that arrived and did not end, over time', () => {
    // each of 900 lasts 2 s at one a second: 2 in flight, but 1 in the first second
    expect(signs(served(1), 16)['in flight / seats']).toBeCloseTo(2 / 16, 3);
  });
});

describe('failed-requests', () => {
  const rule = 'failed-requests';
  it('is as severe as what is lost: mean, p99, nothing', () => {
    expect(verdicts(rule, madeUpRun({ requests: failing(10, 1) }))).toEqual(['error stage 0']);
    expect(verdicts(rule, madeUpRun({ requests: failing(50, 2) }))).toEqual(['warning stage 0']);
    expect(verdicts(rule, madeUpRun({ requests: failing(600, 1) }))).toEqual(['note stage 0']);
    expect(verdicts(rule, madeUpRun())).toEqual([]);
  });

  it('recognises a time limit', () => {
    expect(seen(rule, madeUpRun({ requests: failing(10, 1, 300e6) }))[0]?.figures['limitS']).toBeCloseTo(
      300,
      6,
    );
    expect(seen(rule, madeUpRun({ requests: failing(10, 1) }))[0]?.figures).not.toHaveProperty('limitS');
  });

  it('does not call requests without an end failures', () => {
    const [finding] = seen(rule, madeUpRun({ requests: failing(10, 3) }));
    expect(finding?.found).toContain('have no end');
    expect(finding?.figures).toEqual({ unfinished: 120, requests: 1200 });
  });

  it('takes reports where there are no requests', () => {
    const stages = [madeUpReport({ failed: 12 })];
    expect(verdicts(rule, madeUpRun({ requests: madeUpRequests(), stages }))).toEqual(['warning stage 0']);
  });
});

describe('client-send-lag', () => {
  const rule = 'client-send-lag';

  it('is measured by the TTFT it hides beside', () => {
    expect(verdicts(rule, late(0.5))).toEqual([]);
    expect(verdicts(rule, late(9))).toEqual(['warning stage 0']);
    expect(verdicts(rule, late(900))).toEqual(['error stage 0']);
  });

  it('finds a rate that was not kept, but not chance', () => {
    expect(verdicts(rule, asked(10))).toEqual([]);
    expect(verdicts(rule, asked(15))).toEqual(['error stage 0']);
    const few = {
      requests: madeUpRequests({ requests: 40, ratePerS: 7 }),
      stages: [madeUpReport({ requestedRatePerS: 10 })],
    };
    expect(verdicts(rule, madeUpRun(few))).toEqual([]);
  });
});

describe('warm-up-outliers', () => {
  const rule = 'warm-up-outliers';

  it('finds slow requests of the first ten seconds', () => {
    const requests = madeUpRequests({ ttftMs: (i) => (i < 20 ? 1000 : 45) });
    const [finding] = seen(rule, madeUpRun({ requests }));
    expect(finding).toMatchObject({ severity: 'warning', figures: { outliers: 20, normalTtftMs: 45 } });
    // 20 of 1200 requests, 955 ms more each: 15.9 ms on 45 ms
    expect(finding!.figures['meanMovedRatio']).toBeCloseTo((20 * 955) / 1200 / 45, 6);
  });

  it('says nothing of slow requests that are as common later', () => {
    const requests = madeUpRequests({ ttftMs: (i) => (i % 20 === 0 ? 1000 : 45) });
    expect(verdicts(rule, madeUpRun({ requests }))).toEqual([]);
    expect(verdicts(rule, madeUpRun())).toEqual([]);
  });
});

describe('arrivals-repeated', () => {
  const rule = 'arrivals-repeated';
  it('finds a stage that used the seed of another, at another rate', () => {
    const fixed = { ttftMs: () => 45, tokens: () => 100 };
    const same = madeUpRequests({ seed: 1, ...fixed }, { seed: 1, ratePerS: 20, startS: 300, ...fixed });
    expect(verdicts(rule, madeUpRun({ requests: same }))).toEqual(['warning stage 1']);
    expect(verdicts(rule, madeUpRun({ requests: twoStages(2) }))).toEqual([]);
  });

  it('does not object to evenly spaced arrivals', () => {
    const requests = twoStages(2);
    const even = { ...requests, arrivedAtUs: requests.arrivedAtUs.map((_, i) => i * 1e5) };
    expect(verdicts(rule, madeUpRun({ requests: even }))).toEqual([]);
  });
});

describe('stage-boundaries', () => {
  const rule = 'stage-boundaries';
  it('finds two rates with a pause between them', () => {
    expect(verdicts(rule, madeUpRun({ requests: oneStage(20, 150) }))).toEqual(['warning stage 0']);
  });

  it('does not take a hiccup of a steady load for a boundary', () => {
    expect(verdicts(rule, madeUpRun({ requests: oneStage(10, 150) }))).toEqual([]);
  });

  it('notes a stage that begins before the one before has drained', () => {
    const lastS = madeUpRequests({ seed: 1 }).arrivedAtUs.at(-1)! / 1e6;
    const close = madeUpRequests({ seed: 1 }, { seed: 2, startS: lastS + 0.5 });
    expect(verdicts(rule, madeUpRun({ requests: close }))).toEqual(['note stage 0']);
    const drained = madeUpRequests({ seed: 1 }, { seed: 2, startS: lastS + 60 });
    expect(verdicts(rule, madeUpRun({ requests: drained }))).toEqual([]);
  });
});
