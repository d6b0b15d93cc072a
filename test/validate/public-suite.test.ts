import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCatalog } from '../../src/coefficients/index.js';
import { readSuite } from '../../src/ingest/index.js';
import type { Suite } from '../../src/trace/suite.js';
import { compareSuite } from '../../src/validate/compare-suite.js';
import { validateSuite, type ValidationResult } from '../../src/validate/index.js';
import { dataFolder } from '../data.js';
import { replay, SET } from './made-up-suite.js';

const folder = dataFolder();

describe.skipIf(folder === undefined)('the public suite', () => {
  let suite: Suite;
  beforeAll(async () => {
    suite = await readSuite(join(folder!, 'public-suite'));
  });

  /** The suite compared with a simulator that predicts every figure exactly: what is left are the peers' errors. */
  const exactly = (): ValidationResult =>
    compareSuite(
      suite,
      SET,
      [0],
      suite.experiments.map((experiment) => ({
        experiment,
        jobs: [],
        outcomes: [
          { ok: true, result: replay(experiment.measured.map(({ stage, metrics }) => [stage, metrics])) },
        ],
      })),
    );

  it('gives the errors of the strongest peer on the test split', () => {
    const shown = exactly()
      .errors.filter(
        ({ scope, by, group, simulator }) =>
          [scope, by, group, simulator].join() === 'runs,split,test,blis-trained-physics',
      )
      .map(({ metric, n, medianApePct, mapePct }) => [
        metric,
        n,
        medianApePct.toFixed(1),
        mapePct.toFixed(1),
      ]);
    // Computed independently from the published predictions and measurements.
    expect(shown).toContainEqual(['e2eMeanMs', 24, '6.7', '7.6']);
    expect(shown).toContainEqual(['itlMeanMs', 24, '6.3', '8.3']);
    expect(shown).toContainEqual(['ttftMeanMs', 24, '18.9', '19.5']);
  });

  it('has all its figures compared', () => {
    const { coverage, notSimulated } = exactly();
    expect(coverage).toEqual({ experiments: 39, experimentsReplayed: 39, rows: 742, rowsCompared: 742 });
    expect(notSimulated).toEqual([]);
  });

  it('replays: two light runs come out within a fifth of what was measured, before any fit', async () => {
    const facts = await readCatalog();
    const experiments = suite.experiments.filter(({ id }) => ['62', '65'].includes(id));
    const set = facts.coefficientSet('op-roofline-prior');
    const result = validateSuite({ ...suite, experiments }, { set, facts, seeds: [0] });
    expect(result.coverage.rowsCompared).toBe(result.coverage.rows);
    const means = result.rows.filter(({ metric }) => metric === 'e2eMeanMs' || metric === 'ttftMeanMs');
    expect(means).toHaveLength(12);
    for (const row of means)
      expect(Math.abs(row.errorPct), `${row.experiment} ${row.metric}`).toBeLessThan(20);
  });
});
