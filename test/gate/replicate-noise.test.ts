import { describe, expect, it } from 'vitest';
import { PUBLIC_SUITE_NOISE_PCT, replicateNoise } from '../../src/gate/replicate-noise.js';
import { readSuite } from '../../src/ingest/index.js';
import { METRIC_NAMES } from '../../src/trace/metrics.js';
import { pooledNoise } from '../../src/validate/index.js';
import { replicateGroups } from '../../src/validate/replicates.js';
import { validationOf, type MadeUpRun } from './made-up-results.js';

/** Runs of one load that measured these E2E times, in ms. */
const repeats = (e2eMs: readonly number[]): MadeUpRun[] =>
  e2eMs.map((e2e, i) => ({
    id: String(i),
    gpu: 'H100',
    load: 1,
    measured: [30, 10, e2e],
    predicted: [[30, 10, 2000]],
  }));

const noiseOf = (e2eMs: readonly number[], metric: 'e2eMeanMs' | 'e2eP50Ms' = 'e2eMeanMs') =>
  replicateNoise(validationOf(repeats(e2eMs))).find((entry) => entry.metric === metric);

describe('the noise of a repeat that the gate judges by', () => {
  it('is that of the repeats in the suite, by hand', () => {
    // mean 2000; deviations -40, -20, 0, 20, 40: variance 4000 / 4, standard deviation 31.6 = 1.58 %
    const noise = noiseOf([1960, 1980, 2000, 2020, 2040]);
    expect(noise?.from).toBe('suite');
    expect(noise?.noisePct).toBeCloseTo(Math.sqrt(1000) / 20, 9);
  });

  it('is that of the public suite for a metric without repeats, and with too few of them', () => {
    const e2e = { noisePct: 0.64, from: 'public suite' };
    expect(noiseOf([1960, 1980, 2000, 2020])).toEqual({ metric: 'e2eMeanMs', ...e2e });
    expect(noiseOf([1960, 1980, 2000, 2020, 2040], 'e2eP50Ms')).toEqual({ metric: 'e2eP50Ms', ...e2e });
  });

  it('does not take runs for repeats that differ in a setting', async () => {
    const suite = await readSuite('validation/public-suite');
    const own = replicateNoise({ replicates: replicateGroups(suite.experiments) });
    expect(new Set(own.map((entry) => entry.from))).toEqual(new Set(['public suite']));
  });

  it('has for the public suite what that suite shows', async () => {
    const suite = await readSuite('validation/public-suite');
    const groups = replicateGroups(suite.experiments);
    const measured = METRIC_NAMES.flatMap((metric) => {
      const pooled = pooledNoise(groups, metric);
      return pooled === undefined ? [] : [[metric, Number(pooled.cvPct.toPrecision(2))] as const];
    });
    expect(measured).toHaveLength(7);
    for (const [metric, cvPct] of measured) expect(PUBLIC_SUITE_NOISE_PCT[metric], metric).toBe(cvPct);
  });
});
