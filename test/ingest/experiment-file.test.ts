import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExperiment, renderExperiment, renderRequestTrace } from '../../src/ingest/index.js';
import type {
  Distribution,
  Experiment,
  MeasuredStage,
  SharedPrefixWorkload,
  SyntheticWorkload,
} from '../../src/trace/experiment.js';
import { METRIC_NAMES } from '../../src/trace/metrics.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';
import { fixture } from './fixtures.js';

const count = fc.integer({ min: 1, max: 100_000 });
const amount = fc.double({ min: 0.001, max: 1e6, noNaN: true });
const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() === text);

const sharedPrefixFields = {
  kind: fc.constant('shared-prefix' as const),
  numGroups: count,
  promptsPerGroup: count,
  systemPromptTokens: fc.nat(5000),
  promptTokensMean: amount,
  promptTokensSd: fc.constantFrom(0, 1.5, 7),
  outputTokens: count,
  stages: fc.array(fc.record({ ratePerS: amount, durationS: amount }), { minLength: 2, maxLength: 3 }),
  stageGapS: fc.constantFrom(0, 5),
};
const sharedPrefix: fc.Arbitrary<SharedPrefixWorkload> = fc.oneof(
  fc.record(sharedPrefixFields),
  fc.record({ ...sharedPrefixFields, timeoutS: amount }),
);

const clamp = fc.record({ min: amount, max: amount }, { requiredKeys: [] });
const distribution: fc.Arbitrary<Distribution> = fc.oneof(
  amount.map((value) => ({ law: 'constant' as const, value })),
  fc.tuple(amount, amount).map(([min, max]) => ({ law: 'uniform' as const, min, max })),
  fc.tuple(amount, amount, clamp).map(([mean, sd, ends]) => ({ law: 'normal' as const, mean, sd, ...ends })),
  fc
    .tuple(amount, amount, clamp)
    .map(([mean, cv, ends]) => ({ law: 'lognormal' as const, mean, cv, ...ends })),
  fc.tuple(amount, clamp).map(([mean, ends]) => ({ law: 'exponential' as const, mean, ...ends })),
  fc.record(
    { law: fc.constant('empirical'), values: fc.array(amount, { minLength: 1 }), weights: fc.array(amount) },
    { requiredKeys: ['law', 'values'] },
  ),
);

const synthetic: fc.Arbitrary<SyntheticWorkload> = fc.record(
  {
    kind: fc.constant('synthetic'),
    load: fc.record(
      {
        kind: fc.constant('rate'),
        gaps: fc.oneof(
          fc.constantFrom({ law: 'constant' as const }, { law: 'poisson' as const }),
          fc.record({ law: fc.constantFrom('gamma', 'weibull'), cv: amount }),
        ),
        fillStages: fc.boolean(),
        stages: fc.array(fc.record({ ratePerS: amount, durationS: amount }), { minLength: 2, maxLength: 3 }),
        stageGapS: amount,
      },
      { requiredKeys: ['kind', 'gaps', 'fillStages', 'stages'] },
    ),
    prompts: fc.record(
      {
        sharedPrefix: fc.record({ groups: count, tokens: count }),
        questionTokens: distribution,
        distinct: count,
      },
      { requiredKeys: ['questionTokens'] },
    ),
    outputTokens: distribution,
    conversations: fc.record({ turns: distribution, thinkTimeS: distribution }),
    timeoutS: amount,
  },
  { requiredKeys: ['kind', 'load', 'prompts', 'outputTokens'] },
);

const users: fc.Arbitrary<SyntheticWorkload> = fc
  .tuple(
    synthetic,
    fc.record({ kind: fc.constant('users'), users: count, sessions: count, thinkTimeS: distribution }),
  )
  .map(([workload, load]) => ({ ...workload, load }));

const measured: fc.Arbitrary<MeasuredStage> = fc.record({
  stage: fc.constantFrom<number | 'all'>(0, 1, 'all'),
  metrics: fc.dictionary(fc.constantFrom(...METRIC_NAMES), amount),
});

const experiment: fc.Arbitrary<Experiment> = fc.record({
  id: name,
  title: name,
  split: fc.constantFrom('train', 'test'),
  model: name,
  gpu: name,
  server: fc
    .record({ tensorParallelSize: count, prefixCaching: fc.boolean(), totalKvBlocks: count })
    .map((s) => ({ ...DEFAULT_SERVER, ...s })),
  workloadName: name,
  workload: fc.oneof(sharedPrefix, synthetic),
  measured: fc.array(measured, { maxLength: 3 }),
  source: name,
});

describe('renderExperiment', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trueline-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.prop([experiment], { numRuns: 50 })('writes what readExperiment reads', async (original) => {
    const file = join(folder, 'experiment.yaml');
    await writeFile(file, renderExperiment(original));
    expect(await readExperiment(file)).toEqual(original);
  });

  test.prop([users, experiment], { numRuns: 20 })('writes closed loops too', async (workload, rest) => {
    const file = join(folder, 'users.yaml');
    const original = { ...rest, workload, measured: [] };
    await writeFile(file, renderExperiment(original));
    expect(await readExperiment(file)).toEqual(original);
  });

  it('writes a recorded workload beside the experiment', async () => {
    const original = await readExperiment(fixture('suite/experiments/b-trace.yaml'));
    if (original.workload.kind !== 'request-trace') throw new Error('fixture changed');
    await writeFile(join(folder, 'b.yaml'), renderExperiment(original));
    await writeFile(join(folder, 'b.requests.csv'), renderRequestTrace(original.workload));
    expect(await readExperiment(join(folder, 'b.yaml'))).toEqual(original);
  });

  it('leaves out server options that are defaults', () => {
    const text = renderExperiment({
      id: 'x',
      title: 'x',
      split: 'test',
      model: 'm',
      gpu: 'H100',
      source: 's',
      server: { ...DEFAULT_SERVER, maxNumSeqs: 128 },
      workloadName: 'w',
      workload: {
        kind: 'shared-prefix',
        numGroups: 1,
        promptsPerGroup: 1,
        systemPromptTokens: 1,
        promptTokensMean: 2,
        promptTokensSd: 0,
        outputTokens: 3,
        stages: [{ ratePerS: 1, durationS: 1 }],
        stageGapS: 0,
      },
      measured: [],
    });
    expect(text).toContain('maxNumSeqs: 128');
    expect(text).not.toContain('blockSizeTokens');
  });
});
