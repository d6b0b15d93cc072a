import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { CoefficientEntry } from '../../src/coefficients/index.js';
import { inShard, replayedFromRecords, toRecord, type ReplayRecord } from '../../src/record/index.js';
import { fingerprint } from '../../src/text/fingerprint.js';
import type { PlannedExperiment, ReplayedExperiment, ReplayJob } from '../../src/validate/index.js';
import { refusal } from '../refusal.js';
import { experiment, replay, SET } from '../validate/made-up-suite.js';
import { GPU, TINY } from '../basis/contexts.js';

const planned = (id: string, set = SET): PlannedExperiment => {
  const entry = experiment(id, []);
  return { experiment: entry, jobs: [{ experiment: entry, arch: TINY, gpu: GPU, set, seed: 0 }] };
};
const PLAN = Array.from({ length: 7 }, (_, i) => planned(`run ${i}`));
const replayed = (plan: readonly PlannedExperiment[]): ReplayedExperiment[] =>
  plan.map((entry, i) => ({
    ...entry,
    outcomes: [{ ok: true, result: replay([['all', { e2eMeanMs: 100 + i }]]) }],
  }));
const LAYER: CoefficientEntry = {
  value: 9,
  unit: 'us',
  method: 'assumed',
  atBound: false,
  scope: {},
  sources: [],
  rationale: 'made up',
};
const HEAD = {
  suite: 'made-up',
  coefficientSet: 'made-up',
  seeds: [0],
  intervals: true,
  coldStart: false,
  split: 'all',
} as const;
const shard = (index: number, count: number): ReplayRecord =>
  toRecord({ ...HEAD, shard: { index, count } }, inShard(replayed(PLAN), { index, count }));
const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('records of shards', () => {
  test.prop([fc.integer({ min: 1, max: 9 }), fc.integer()])(
    'join to what one run gives, however many there are and in whatever order',
    (count, rotation) => {
      const records = indices(count).map((index) => shard(index, count));
      const from = Math.abs(rotation) % count;
      const turned = [...records.slice(from), ...records.slice(0, from)];
      expect(replayedFromRecords(turned, PLAN)).toEqual(replayed(PLAN));
    },
  );

  it.each([
    ['a missing shard', [shard(1, 2)], 'the records lack experiments of the suite: run 1; run 3; run 5'],
    ['a shard twice', [shard(1, 2), shard(1, 2)], 'shard 1 is there twice'],
    [
      'shards of different cuts',
      [shard(1, 2), shard(2, 3)],
      'the records are of different runs: number of shards 2 and 3',
    ],
    [
      'shards with different seeds',
      [shard(1, 2), { ...shard(2, 2), seeds: [0, 1] }],
      'the records are of different runs: seeds 0 and 0, 1',
    ],
    [
      'shards with different coefficients',
      [shard(1, 2), { ...shard(2, 2), coefficientSet: 'other' }],
      'the records are of different runs: coefficients made-up and other',
    ],
    ['nothing', [], 'there are no records to join'],
  ])('refuse %s', (_, records, message) => {
    const error = refusal(() => replayedFromRecords(records, PLAN));
    expect(error.code).toBe('RECORD_INVALID');
    expect(error.message).toMatch(message);
  });
});

const hint = (records: readonly ReplayRecord[], plan = PLAN): string | undefined =>
  refusal(() => replayedFromRecords(records, plan)).hint;

describe('what to do about records that lack experiments', () => {
  it('names the shards to add', () => {
    expect(hint([shard(3, 4), shard(1, 4)])).toBe('Name the records of all 4 shards, 2, 4 too.');
  });

  it('names the suite they were made of when all shards are there', () => {
    expect(hint([shard(1, 1)], [planned('run of another suite')])).toContain('it is called "made-up"');
  });
});

describe('a frozen prediction', () => {
  const frozen = shard(1, 1);
  const changed = (plan: readonly PlannedExperiment[]): string =>
    refusal(() => replayedFromRecords([frozen], plan)).message;
  const first = PLAN[0]!;
  const job = first.jobs[0]!;
  const others = PLAN.slice(1);

  it('does not care about titles, sources, measurements and where coefficients come from', () => {
    const measured = experiment('run 0', [{ stage: 'all', metrics: { e2eMeanMs: 1 } }], {
      title: 'new title',
    });
    const set = { ...SET, description: 'says more now' };
    const plan = [{ experiment: measured, jobs: [{ ...job, experiment: measured, set }] }, ...others];
    expect(replayedFromRecords([frozen], plan)[0]?.outcomes).toEqual(replayed(PLAN)[0]?.outcomes);
  });

  const changes: readonly (readonly [string, Partial<ReplayJob>])[] = [
    ['a coefficient', { set: { ...SET, entries: { layer: LAYER } } }],
    ['the GPU', { gpu: { ...GPU, memoryBytes: 1 } }],
    ['the seed', { seed: 1 }],
    [
      'the server',
      { experiment: { ...job.experiment, server: { ...job.experiment.server, maxNumSeqs: 7 } } },
    ],
  ];

  it.each(changes)('is refused when %s changed', (_, change) => {
    const next = { ...job, ...change };
    const plan = [{ experiment: next.experiment, jobs: [next] }, ...others];
    expect(changed(plan)).toBe('what decides the prediction changed since it was made, for run 0');
  });
});

describe('fingerprint', () => {
  it('is of values, not of key order or the kind of array', () => {
    expect(fingerprint({ a: 1, b: Float64Array.of(1, 2) })).toBe(fingerprint({ b: [1, 2], a: 1 }));
    expect(fingerprint({ a: 1 })).not.toBe(fingerprint({ a: 2 }));
  });
  // SHA-256 of the two bytes {}
  it('is SHA-256 of the canonical text', () => {
    expect(fingerprint({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});
