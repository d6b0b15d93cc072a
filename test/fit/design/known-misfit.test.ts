import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { basisByName } from '../../../src/basis/index.js';
import { readCatalog } from '../../../src/coefficients/index.js';
import { estimateMisfit } from '../../../src/fit/design/misfit.js';
import { planMeasured } from '../../../src/fit/design/planned-run.js';
import { knownMisfit } from '../../../src/fit/design/prior-design.js';
import { rowsFrom } from '../../../src/fit/fit-rows.js';
import { layOutTerms, priorMeans } from '../../../src/fit/fit-terms.js';
import { readSuite } from '../../../src/ingest/index.js';
import { suiteBenchmarks } from '../../../src/cli/fit/suite-benchmarks.js';

const SUITE = join(import.meta.dirname, '../../../validation/public-suite');

describe('knownMisfit', () => {
  test('is what the train split of the shipped suite says, for the basis of the shipped coefficients', async () => {
    const basis = basisByName('op-roofline');
    const { experiments, ...input } = suiteBenchmarks(
      await readCatalog(),
      await readSuite(SUITE),
      basis,
      'train',
    );
    const layout = layOutTerms(basis);
    const benchmarks = { ...input, layout, seeds: [1] };
    const plans = experiments.map((each) => planMeasured(benchmarks, each, priorMeans(layout)));
    const models = new Map(experiments.map(({ id, model }) => [id, model]));
    const rows = rowsFrom(
      layout,
      plans.flatMap(({ measured }) => measured),
    );
    expect(estimateMisfit(layout, rows, (id) => models.get(id)!)).toEqual(knownMisfit(basis.name));
  });

  test('is that of op-roofline for other bases', () => {
    expect(knownMisfit('mine')).toEqual(knownMisfit('op-roofline'));
    expect(knownMisfit('roofline')).not.toEqual(knownMisfit('op-roofline'));
  });
});
