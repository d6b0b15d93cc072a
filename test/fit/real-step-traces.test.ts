import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { opRooflineBasis, rooflineBasis } from '../../src/basis/index.js';
import { readCatalog } from '../../src/coefficients/index.js';
import { fitSteps, type FitResult, type StepRun } from '../../src/fit/index.js';
import { ingestPath } from '../../src/ingest/index.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';
import { dataFolder } from '../data.js';

/** vLLM 0.15.1 on H100, one step in ten sampled. Source: inference-sim/inference-sim@9293b22. */
const RUNS = [
  ['20260217-202857-llama-2-70b-tp4-general', 'llama-2-70b-hf', 4],
  ['20260217-203421-llama-2-70b-hf-tp4-codegen', 'llama-2-70b-hf', 4],
  ['20260218-150304-codellama-34b-tp2-general', 'codellama-34b-instruct-hf', 2],
] as const;

const data = dataFolder();

const mapePct = (errors: FitResult['trainErrors'], kind: string): number =>
  errors.find((entry) => entry.group === 'all' && entry.kind === kind)!.errors.mapePct;

describe.skipIf(data === undefined)('fitSteps on real sampled step traces', () => {
  let runs: readonly StepRun[] = [];
  beforeAll(async () => {
    const catalog = await readCatalog();
    const readRun = async ([id, model, tensorParallelSize]: (typeof RUNS)[number]): Promise<StepRun> => {
      const trace = await ingestPath(join(data!, 'step-traces', id, 'traces.json.gz'));
      const server = { ...DEFAULT_SERVER, ...trace.meta.server, tensorParallelSize, maxNumSeqs: 128 };
      const context = { arch: catalog.model(model), gpu: catalog.gpu('H100'), server };
      return { id, trace, context: { ...context, kernels: catalog.kernels('H100') } };
    };
    runs = await Promise.all(RUNS.map(readRun));
  });

  test('op-roofline predicts the steps of each run from the other two within 5 %', () => {
    for (const { id } of runs) {
      const result = fitSteps(opRooflineBasis, runs, { heldOut: [id] });
      expect(mapePct(result.heldOutErrors, 'decode-step')).toBeLessThan(5);
    }
  });

  test('counts every sampled step, used or dropped', () => {
    const result = fitSteps(opRooflineBasis, runs);
    const dropped = result.diagnostics.reduce((sum, { count }) => sum + count, 0);
    const steps = runs.reduce((sum, { trace }) => sum + trace.steps!.count, 0);
    expect(result.rowsUsed + dropped).toBe(steps);
    expect(result.rowsUsed).toBeGreaterThan(1000);
  });

  test('fits the peers’ seven-term form too', () => {
    expect(mapePct(fitSteps(rooflineBasis, runs).trainErrors, 'decode-step')).toBeLessThan(5);
  });
});
