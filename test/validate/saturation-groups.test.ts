import { describe, expect, it } from 'vitest';
import { compareSuite } from '../../src/validate/compare-suite.js';
import { experiment, replay, SET, suiteOf } from './made-up-suite.js';

/** A run of two stages of 6 and 9 requests/s on a server that gives 10 requests/s; its second stage is 20 % off. */
function twoStages() {
  const made = experiment('a', [
    { stage: 'all', metrics: { ttftMeanMs: 100 } },
    { stage: 0, metrics: { ttftMeanMs: 100 } },
    { stage: 1, metrics: { ttftMeanMs: 100 } },
  ]);
  const { workload } = made;
  if (workload.kind !== 'shared-prefix') throw new TypeError('made-up workloads share a prefix');
  const stages = [6, 9].map((ratePerS) => ({ ratePerS, durationS: 10 }));
  const result = {
    ...replay([
      ['all', { ttftMeanMs: 110 }],
      [0, { ttftMeanMs: 101 }],
      [1, { ttftMeanMs: 120 }],
    ]),
    knee: { requestsPerS: 10, limitedBy: 'seats' },
  } as const;
  const entry = { ...made, workload: { ...workload, stages } };
  const peer = {
    simulator: 'peer',
    experiment: 'a',
    stage: 1,
    metric: 'ttftMeanMs',
    predictedMs: 150,
  } as const;
  return compareSuite(
    suiteOf([entry], [peer]),
    SET,
    [0],
    [{ experiment: entry, jobs: [], outcomes: [{ ok: true, result }] }],
  );
}

describe('errors by side of the knee', () => {
  it('puts a stage where its rate lies, and a run where its busiest stage does', () => {
    const [run] = twoStages().experiments;
    expect(run?.knee).toEqual({ requestsPerS: 10, limitedBy: 'seats' });
    expect(run?.stages.map(({ stage, kneeLoadRatio, verdict }) => [stage, kneeLoadRatio, verdict])).toEqual([
      ['all', 0.9, 'near'],
      [0, 0.6, 'below'],
      [1, 0.9, 'near'],
    ]);
  });

  it('groups the errors of every simulator, runs and stages apart', () => {
    const groups = twoStages().errors.filter(({ by }) => by === 'saturation');
    const shown = groups.map(({ scope, group, simulator, n, mapePct }) => [
      scope,
      group,
      simulator,
      n,
      Math.round(mapePct),
    ]);
    expect(shown).toEqual([
      ['runs', 'test, near', 'trueline', 1, 10],
      ['stages', 'test, below', 'trueline', 1, 1],
      ['stages', 'test, near', 'trueline', 1, 20],
      ['stages', 'test, near', 'peer', 1, 50],
    ]);
  });
});
