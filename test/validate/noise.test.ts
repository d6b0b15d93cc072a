import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/random.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';
import type { LabelledRow } from '../../src/validate/labelled-rows.js';
import { discordantPairs } from '../../src/validate/discordant-pairs.js';
import { rankCeilings } from '../../src/validate/rank-ceiling.js';
import { pooledNoise, replicateGroups } from '../../src/validate/replicates.js';
import { experiment } from './made-up-suite.js';

const run = (id: string, e2eMeanMs: number, model = 'acme/Toy-1B') =>
  experiment(id, [{ stage: 'all', metrics: { e2eMeanMs } }], { model });
const row = (id: string, measuredMs: number, predictedMs: number): LabelledRow => ({
  experiment: id,
  stage: 'all',
  metric: 'e2eMeanMs',
  measuredMs,
  predictedMs,
  errorPct: 0,
  peersMs: {},
  verdict: 'below',
  labels: { split: 'test', model: 'm', gpu: 'g', workload: 'w', saturation: 'test, below' },
});

describe('replicateGroups', () => {
  it('finds repeats, what differs between them all the same, and their noise', () => {
    const other = { ...run('b', 102), server: { ...DEFAULT_SERVER, maxNumBatchedTokens: 8192 } };
    const groups = replicateGroups([run('a', 98), run('alone', 5, 'acme/Toy-7B'), other]);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({ experiments: ['a', 'b'], differingSettings: ['maxNumBatchedTokens'] });
    // Mean 100, sample standard deviation √8.
    const [noise] = groups[0]!.noise;
    expect(noise).toMatchObject({ metric: 'e2eMeanMs', n: 2, meanMs: 100, spreadPct: 4 });
    expect(noise!.cvPct).toBeCloseTo(Math.sqrt(8), 9);
    expect(pooledNoise(groups, 'e2eMeanMs')?.cvPct).toBeCloseTo(Math.sqrt(8), 9);
    expect(pooledNoise(groups, 'ttftMeanMs')).toBeUndefined();
  });

  it('does not take runs on another parallelism for repeats', () => {
    const wide = { ...run('b', 100), server: { ...DEFAULT_SERVER, tensorParallelSize: 2 } };
    expect(replicateGroups([run('a', 100), wide])).toEqual([]);
  });
});

describe('discordantPairs', () => {
  it('lists wrong and tied pairs, the closest first, with their gaps in units of noise', () => {
    const replicates = replicateGroups([run('a', 98), run('b', 102)]);
    const rows = [row('a', 98, 100), row('b', 102, 100), row('c', 200, 90), row('d', 300, 400)];
    const pairs = discordantPairs(rows, replicates);
    expect(pairs.map(({ experiments }) => experiments)).toEqual([
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'c'],
    ]);
    expect(pairs[0]!.predictedGapPct).toBe(0);
    expect(pairs[0]!.gapInNoise).toBeCloseTo((100 * 4) / 102 / Math.sqrt(16), 9);
    expect(pairs[1]!.predictedGapPct).toBeCloseTo(-10, 9);
  });
});

const uniform = () => randomStream(0, 'test').uniform;

describe('rankCeilings', () => {
  it('are below 1 for repeats, which tie, and close to 1 for runs far apart', () => {
    const replicates = replicateGroups([run('a', 98), run('b', 102)]);
    const far = [row('c', 1000, 1), row('d', 3000, 1), row('e', 9000, 1)];
    const [apart] = rankCeilings(far, replicates, uniform());
    expect(apart!.meanTauB).toBe(1);
    // One of six pairs is a tie of the truth: τ-b = 5 / √(5·6).
    const [tied] = rankCeilings([row('a', 98, 1), row('b', 102, 1), ...far.slice(1)], replicates, uniform());
    expect(tied!.meanTauB).toBeCloseTo(5 / Math.sqrt(30), 9);
    expect(tied!.lowTauB).toBeLessThanOrEqual(tied!.meanTauB + 1e-12);
  });

  it('are not known without repeats', () => {
    expect(rankCeilings([row('a', 1, 1), row('b', 2, 2)], [], uniform())).toEqual([]);
  });
});
