import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCatalog, type Catalog, type CoefficientSet } from '../../src/coefficients/index.js';
import type { Experiment, Workload } from '../../src/trace/experiment.js';
import { METRIC_NAMES } from '../../src/trace/metrics.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';
import type { Suite } from '../../src/trace/suite.js';
import {
  replayExperiment,
  validateSuite,
  type ReplayJob,
  type ValidateOptions,
} from '../../src/validate/index.js';
import { suiteOf } from './made-up-suite.js';

let facts: Catalog;
let set: CoefficientSet;
beforeAll(async () => {
  facts = await readCatalog();
  set = facts.coefficientSet(facts.coefficientSetNames[0]!);
});

const shortLoad = (ratePerS: number): Workload => ({
  kind: 'shared-prefix',
  numGroups: 2,
  promptsPerGroup: 2,
  systemPromptTokens: 16,
  promptTokensMean: 200,
  promptTokensSd: 5,
  outputTokens: 20,
  stages: [
    { ratePerS, durationS: 4 },
    { ratePerS: 2 * ratePerS, durationS: 4 },
  ],
  stageGapS: 1,
});

const recorded: Workload = {
  kind: 'request-trace',
  arrivedAtUs: Float64Array.from([0, 1e4, 2e4, 5e5]),
  promptTokens: Int32Array.from([50, 60, 50, 70]),
  outputTokens: Int32Array.from([10, 20, 30, 5]),
  promptId: Int32Array.from([0, 1, 0, 2]),
  stage: Uint16Array.from([0, 0, 0, 0]),
};

const unmeasured = (id: string, workload: Workload): Experiment => ({
  id,
  title: id,
  split: 'test',
  model: 'meta-llama/Llama-3.1-8B-Instruct',
  gpu: 'H100',
  server: { ...DEFAULT_SERVER, maxNumSeqs: 128 },
  workloadName: id,
  workload,
  measured: [],
  source: 'made up',
});

function job(experiment: Experiment, seed: number): ReplayJob {
  const { model, gpu } = experiment;
  return {
    experiment,
    arch: facts.model(model),
    gpu: facts.gpu(gpu),
    kernels: facts.kernels(gpu),
    set,
    seed,
  };
}

/** The experiment as if a real server had behaved exactly like the simulation under seed 0. */
function measuredBySimulation(experiment: Experiment): Experiment {
  const { stages } = replayExperiment(job(experiment, 0));
  return { ...experiment, measured: stages.map(({ stage, group }) => ({ stage, metrics: group.metrics })) };
}

const perfectSuite = (): Suite =>
  suiteOf([
    measuredBySimulation(unmeasured('slow', shortLoad(2))),
    measuredBySimulation(unmeasured('fast', shortLoad(8))),
    measuredBySimulation(unmeasured('recorded', recorded)),
  ]);

const options = (seeds: readonly number[]): ValidateOptions => ({ set, facts, seeds });

describe('validateSuite', () => {
  it('finds no error in a suite measured on its own simulation', () => {
    const result = validateSuite(perfectSuite(), options([0]));
    expect(result.rows).toHaveLength((3 + 3 + 2) * METRIC_NAMES.length);
    expect(result.rows.every((row) => row.errorPct === 0)).toBe(true);
    expect(result.coverage.rowsCompared).toBe(result.coverage.rows);
    const all = result.ranks.filter((group) => group.scope === 'all');
    expect(all.map((group) => group.kendallTauB)).toEqual(all.map(() => 1));
    expect(result.cancelling).toEqual([]);
  });

  it('replays synthetic arrivals with every seed and recorded ones once', () => {
    const done: string[] = [];
    const result = validateSuite(perfectSuite(), {
      ...options([0, 1, 2]),
      onReplayed: (n, total) => done.push(`${n}/${total}`),
    });
    expect(result.experiments.map((entry) => entry.seeds)).toEqual([3, 3, 1]);
    expect(done).toEqual(['1/7', '2/7', '3/7', '4/7', '5/7', '6/7', '7/7']);
    const spread = result.rows.filter((row) => row.seedSpreadPct !== undefined);
    expect(spread.every((row) => row.experiment !== 'recorded')).toBe(true);
    expect(spread.some((row) => row.seedSpreadPct! > 0)).toBe(true);
  });

  it('is deterministic and survives JSON', () => {
    const once = validateSuite(perfectSuite(), options([0, 1]));
    const again = validateSuite(perfectSuite(), options([0, 1]));
    expect(JSON.stringify(again)).toBe(JSON.stringify(once));
    expect(JSON.parse(JSON.stringify(once))).toEqual(once);
  });

  it('says where a server without seats for its load stands', () => {
    const crowded = unmeasured('crowded', shortLoad(16));
    const suite = suiteOf([
      { ...crowded, server: { ...crowded.server, maxNumSeqs: 2 } },
      unmeasured('idle', shortLoad(2)),
    ]);
    const [full, idle] = validateSuite(suite, options([0])).experiments;
    expect(full!.stages.map((stage) => stage.verdict)).toEqual(['above', 'above', 'above']);
    expect(full!.seatLimitedRatio).toBeGreaterThan(0.9);
    expect(idle!.stages.map((stage) => stage.verdict)).toEqual(['below', 'below', 'below']);
    expect(idle!.stages.every((stage) => stage.waitMs.secondHalf === 0)).toBe(true);
  });

  it('lists what it cannot replay and goes on', () => {
    const [slow] = perfectSuite().experiments;
    const suite = suiteOf([
      { ...slow!, id: 'which model', model: 'acme/unheard-of' },
      { ...slow!, id: 'which gpu', gpu: 'abacus' },
      slow!,
    ]);
    const result = validateSuite(suite, options([0]));
    expect(result.notSimulated.map(({ experiment, code }) => [experiment, code])).toEqual([
      ['which model', 'MODEL_UNKNOWN'],
      ['which gpu', 'GPU_UNKNOWN'],
    ]);
    expect(result.coverage).toMatchObject({ experiments: 3, experimentsReplayed: 1 });
  });

  it('refuses to validate nothing', () => {
    expect(() => validateSuite(suiteOf([]), options([0]))).toThrow(
      expect.objectContaining({ code: 'SUITE_INVALID' }),
    );
    expect(() => validateSuite(perfectSuite(), options([]))).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  });
});

/** Node 20 runs no TypeScript in a worker, so this needs the build that `npm test` makes first. */
const built = new URL('../../dist/validate/index.js', import.meta.url);

const isValidateModule = (module: unknown): module is typeof import('../../src/validate/index.js') =>
  typeof module === 'object' && module !== null && 'validateSuiteInParallel' in module;

describe.skipIf(!existsSync(built))('validateSuiteInParallel', () => {
  it('gives the bytes of the serial path', async () => {
    const parallel: unknown = await import(built.href);
    if (!isValidateModule(parallel)) throw new Error('the build exports no validateSuiteInParallel');
    const result = await parallel.validateSuiteInParallel(perfectSuite(), { ...options([0, 1]), threads: 2 });
    const serial = validateSuite(perfectSuite(), options([0, 1]));
    expect(JSON.stringify(result)).toBe(JSON.stringify(serial));
  });
});
