import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { opRooflineBasis } from '../../../src/basis/index.js';
import { readCatalog, type CoefficientSet } from '../../../src/coefficients/index.js';
import { buildRequests, simulate } from '../../../src/engine/index.js';
import { fitBenchmarks, fittedValues, scoreCanary, type BenchmarkFitInput } from '../../../src/fit/index.js';
import { readSuite } from '../../../src/ingest/index.js';
import type { Experiment } from '../../../src/trace/experiment.js';

const SUITE = fileURLToPath(new URL('../../../validation/public-suite', import.meta.url));
/** Two models of the train split that have few steps. */
const HELD_OUT = ['66', '62'];

const NOISE = {
  ttftMeanMs: { noisePct: 3.3, tolerancePct: 10 },
  itlMeanMs: { noisePct: 0.66, tolerancePct: 5 },
  e2eMeanMs: { noisePct: 0.64, tolerancePct: 5 },
};

/** The same run with times per token and whole requests 5 % longer. */
const planted = (experiment: Experiment): Experiment => ({
  ...experiment,
  measured: experiment.measured.map(({ stage, metrics }) => ({
    stage,
    metrics: {
      ...metrics,
      ...(metrics.itlMeanMs !== undefined && { itlMeanMs: 1.05 * metrics.itlMeanMs }),
      ...(metrics.e2eMeanMs !== undefined && { e2eMeanMs: 1.05 * metrics.e2eMeanMs }),
    },
  })),
});

describe('a canary on train runs that the fit has not seen', () => {
  let input: BenchmarkFitInput;
  let set: CoefficientSet;
  beforeAll(async () => {
    const catalog = await readCatalog();
    const { experiments } = await readSuite(SUITE);
    const contextOf: BenchmarkFitInput['contextOf'] = ({ model, gpu, server }) => ({
      arch: catalog.model(model),
      gpu: catalog.gpu(gpu),
      kernels: catalog.kernels(gpu),
      server,
    });
    const train = {
      basis: opRooflineBasis,
      experiments: experiments.filter(({ split }) => split === 'train'),
      contextOf,
      simulate: (experiment: Experiment, latency, seed) =>
        simulate({
          ...contextOf(experiment),
          requests: buildRequests(experiment.workload, seed),
          latency,
          recordSteps: true,
        }).trace,
    } satisfies BenchmarkFitInput;
    const shipped = catalog.coefficientSet('op-roofline');
    const start = Object.fromEntries(
      Object.entries(shipped.entries).map(([name, { value }]) => [name, value]),
    );
    const values = fittedValues(fitBenchmarks(train, { heldOut: HELD_OUT, start, maxIterations: 2 }));
    // how far it is off is the shipped set's: leaving models out of this fit too would take a minute
    set = {
      ...shipped,
      entries: Object.fromEntries(
        Object.entries(shipped.entries).map(([name, entry]) => [
          name,
          { ...entry, value: values[name] ?? entry.value },
        ]),
      ),
    };
    input = { ...train, experiments: experiments.filter(({ id }) => HELD_OUT.includes(id)) };
  });

  it('finds no drift where none was planted', () => {
    const { metrics } = scoreCanary({ runs: input }, set, NOISE);
    expect(metrics.map(({ verdict }) => verdict)).not.toContain('drifted');
  });

  it('finds steps 5 % slower than in the same runs before', () => {
    const later = { ...input, experiments: input.experiments.map(planted) };
    const { metrics, causes } = scoreCanary({ runs: later, before: input }, set, NOISE);
    expect(Object.fromEntries(metrics.map(({ metric, verdict }) => [metric, verdict]))).toMatchObject({
      itlMeanMs: 'drifted',
      e2eMeanMs: 'drifted',
      ttftMeanMs: 'still true',
    });
    expect(causes.find(({ cause }) => cause === 'all step times')).toMatchObject({ isPossible: true });
    expect(causes.find(({ cause }) => cause === 'frontEnd')).toMatchObject({ isPossible: false });
  });
});
