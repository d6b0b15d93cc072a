import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { opRooflineBasis } from '../../src/basis/index.js';
import { readCatalog } from '../../src/coefficients/index.js';
import { buildRequests, simulate } from '../../src/engine/index.js';
import { fitBenchmarks, fittedValues, type BenchmarkFitInput } from '../../src/fit/index.js';
import { readSuite } from '../../src/ingest/index.js';
import { dataFolder } from '../data.js';

/** Train experiments of the public suite of three dense models, chosen for their few steps. */
const EXPERIMENTS = ['61', '65', '20260217-155451'];

const data = dataFolder();

describe.skipIf(data === undefined)('fitBenchmarks on public benchmark means, the engine in the loop', () => {
  let input: BenchmarkFitInput;
  beforeAll(async () => {
    const suite = await readSuite(join(data!, 'public-suite'));
    const catalog = await readCatalog();
    const contextOf: BenchmarkFitInput['contextOf'] = ({ model, gpu, server }) => ({
      arch: catalog.model(model),
      gpu: catalog.gpu(gpu),
      kernels: catalog.kernels(gpu),
      server,
    });
    input = {
      basis: opRooflineBasis,
      experiments: suite.experiments.filter(({ id }) => EXPERIMENTS.includes(id)),
      contextOf,
      simulate: (experiment, latency, seed) => {
        const requests = buildRequests(experiment.workload, seed);
        return simulate({ ...contextOf(experiment), requests, latency, recordSteps: true }).trace;
      },
    };
  });

  test('explains E2E to 3 % and TTFT to 8 % with physical coefficients', () => {
    const result = fitBenchmarks(input, { maxIterations: 3 });
    const mapePct = (kind: string): number =>
      result.trainErrors.find((entry) => entry.group === 'all' && entry.kind === kind)!.errors.mapePct;
    expect(mapePct('e2eMeanMs')).toBeLessThan(3);
    expect(mapePct('ttftMeanMs')).toBeLessThan(8);
    const values = fittedValues(result);
    expect(values['frontEnd']).toBeGreaterThan(4);
    expect(values['frontEnd']).toBeLessThan(12);
    expect(values['layer']).toBeGreaterThan(3);
    expect(values['layer']).toBeLessThan(20);
    expect(result.rowsUsed).toBe(12);
  });
});
