import { join } from 'node:path';
import { beforeAll, describe, expect, it, test } from 'vitest';
import {
  latencyModel,
  readCatalog,
  type Catalog,
  type CoefficientSet,
} from '../../src/coefficients/index.js';
import { buildRequests, simulate } from '../../src/engine/index.js';
import { ingestPath } from '../../src/ingest/index.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';
import type { RequestColumns } from '../../src/trace/trace.js';
import { compareRequests } from '../../src/validate/requests/compare-requests.js';
import { validateRun } from '../../src/validate/requests/validate-run.js';
import { dataFolder } from '../data.js';

/** Requests by TTFT and E2E in ms; three tokens each. */
const columns = (
  requests: readonly (readonly [number, number])[],
  failed: readonly number[] = [],
): RequestColumns => ({
  count: requests.length,
  arrivedAtUs: new Float64Array(requests.length),
  firstTokenAtUs: Float64Array.from(requests, ([ttftMs]) => 1000 * ttftMs),
  finishedAtUs: Float64Array.from(requests, ([, e2eMs]) => 1000 * e2eMs),
  promptTokens: new Int32Array(requests.length).fill(10),
  outputTokens: new Int32Array(requests.length).fill(3),
  stage: new Uint16Array(requests.length),
  status: Uint8Array.from(requests, (_, row) => (failed.includes(row) ? 1 : 0)),
});

describe('compareRequests', () => {
  it('compares each request with itself, and the distributions', () => {
    const measured = columns([
      [10, 100],
      [20, 200],
      [40, 400],
    ]);
    const simulated = columns([
      [11, 110],
      [20, 180],
      [40, 400],
    ]);
    const [e2e, itl, ttft] = compareRequests(measured, simulated);
    expect(e2e!.perRequest.mapePct).toBeCloseTo((10 + 10 + 0) / 3, 9);
    expect(e2e!.perRequest.mpePct).toBeCloseTo(0, 9);
    const [p50] = e2e!.percentiles;
    expect(p50).toMatchObject({ percentile: 'p50', measuredMs: 200, predictedMs: 180 });
    expect(p50!.errorPct).toBeCloseTo(-10, 9);
    // Time per token: 45 → 49.5, 90 → 80, 180 → 180.
    expect(itl!.perRequest.mapePct).toBeCloseTo((10 + 100 / 9 + 0) / 3, 9);
    expect(ttft!.perRequest.mapePct).toBeCloseTo(10 / 3, 9);
  });

  it('leaves out what did not finish on one side, and refuses when nothing is left', () => {
    const good = columns([
      [10, 100],
      [20, 200],
    ]);
    const bad = columns(
      [
        [10, 100],
        [1, 2],
      ],
      [1],
    );
    expect(compareRequests(good, bad).map(({ perRequest }) => [perRequest.n, perRequest.mapePct])).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
    expect(() => compareRequests(columns([[1, 2]], [0]), columns([[1, 2]]))).toThrow(
      expect.objectContaining({ code: 'SAMPLE_EMPTY' }),
    );
  });
});

describe('validateRun', () => {
  let catalog: Catalog;
  let set: CoefficientSet;
  beforeAll(async () => {
    catalog = await readCatalog();
    set = catalog.coefficientSet('op-roofline');
  });
  const contextOf = (model: string) => ({
    arch: catalog.model(model),
    gpu: catalog.gpu('H100'),
    kernels: catalog.kernels('H100'),
    server: { ...DEFAULT_SERVER, maxNumSeqs: 8 },
  });

  it.each([
    [5, 'below', false],
    [400, 'above', true],
  ] as const)(
    'is without error against its own simulation at %i requests/s',
    (ratePerS, verdict, overloaded) => {
      const context = contextOf('llama-3.1-8b-instruct');
      const requests = buildRequests(
        {
          kind: 'shared-prefix',
          numGroups: 2,
          promptsPerGroup: 5,
          systemPromptTokens: 0,
          promptTokensMean: 200,
          promptTokensSd: 0,
          outputTokens: 20,
          stages: [{ ratePerS, durationS: 4 }],
          stageGapS: 0,
        },
        1,
      );
      const { trace } = simulate({ ...context, requests, latency: latencyModel(set, context) });
      const result = validateRun({ name: 'itself', trace, context }, set);
      expect(result).toMatchObject({ verdict, overloaded, failed: 0, modelWasFitted: false });
      for (const { perRequest } of result.errors) expect(perRequest.p90ApePct).toBeLessThan(1e-6);
    },
  );

  const data = dataFolder();
  test.skipIf(data === undefined)('predicts E2E of single requests of an unseen model to 3 %', async () => {
    const trace = await ingestPath(join(data!, 'per-request', '20260218-155500-codellama-34b-tp2-roleplay'));
    const context = {
      ...contextOf('codellama/CodeLlama-34b-Instruct-hf'),
      server: { ...DEFAULT_SERVER, ...trace.meta.server },
    };
    const { errors, overloaded, requests } = validateRun({ name: 'roleplay', trace, context }, set);
    expect({ overloaded, requests }).toEqual({ overloaded: false, requests: 7200 });
    expect(errors[0]!.measure).toBe('e2e');
    expect(errors[0]!.perRequest.mapePct).toBeLessThan(3);
  });
});
