import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { itlFactor } from '../../src/ingest/public-measurements.js';
import { readSuite } from '../../src/ingest/index.js';
import type { Experiment } from '../../src/trace/experiment.js';
import type { Suite } from '../../src/trace/suite.js';
import { dataFolder } from '../data.js';
import { diagnosed, expectRefusal, fixture } from './fixtures.js';

describe('a suite in the public layout', () => {
  it('converts published ITL to generated tokens, per stage and over all', async () => {
    const { experiments } = await readSuite(fixture('public-layout'));
    // stage 0: 20 ms × (6 − 1)/(11 − 1); stage 1: 13.33 × 15/10; all: 60 and 40 requests report 6 and 16, mean 10: 15.56 × 9/10
    const itl = experiments[0]?.measured.map(({ metrics }) => metrics.itlMeanMs);
    expect(itl?.[0]).toBeCloseTo(10, 9);
    expect(itl?.[1]).toBeCloseTo(20, 6);
    expect(itl?.[2]).toBeCloseTo(14, 6);
    for (const { metrics } of experiments[0]?.measured.slice(0, 2) ?? []) {
      expect(metrics.itlMeanMs).toBeCloseTo(((metrics.e2eMeanMs ?? 0) - (metrics.ttftMeanMs ?? 0)) / 10, 6);
    }
  });

  it("keeps peers' relative error of the ITL", async () => {
    const { experiments, peers } = await readSuite(fixture('public-layout'));
    const measured = experiments[0]?.measured[0]?.metrics.itlMeanMs ?? 0;
    expect((peers[0]?.predictedMs ?? 0) / measured).toBeCloseTo(22 / 20, 9);
  });

  it('tolerates and counts what it does not know', async () => {
    const suite = await readSuite(fixture('public-layout'));
    expect(diagnosed(suite, 'suite-key-unknown')).toBe(2);
    expect(diagnosed(suite, 'suite-metric-unknown')).toBe(1);
    expect(diagnosed(suite, 'suite-experiment-unknown')).toBe(1);
    expect(diagnosed(suite, 'suite-value-empty')).toBe(1);
    expect(diagnosed(suite, 'suite-cpu-blocks-unknown')).toBe(1);
  });

  it('reads server and workload', async () => {
    const { experiments } = await readSuite(fixture('public-layout'));
    expect(experiments[0]).toMatchObject({
      id: '7',
      split: 'train',
      gpu: 'H100',
      server: { maxNumSeqs: 8, totalKvBlocks: 100, prefixCaching: true },
      workload: {
        kind: 'shared-prefix',
        numGroups: 2,
        outputTokens: 11,
        promptTokensMean: 60,
        stages: [{ ratePerS: 6 }, {}],
      },
    });
  });
});

describe('a suite that leaves out what it may', () => {
  it('loads, and says what it assumed or could not model', async () => {
    const suite = await readSuite(fixture('public-sparse'));
    const [experiment] = suite.experiments;
    expect(experiment).toMatchObject({ id: '8', title: '8', split: 'test', measured: [] });
    expect(experiment?.workload).toMatchObject({ promptTokensMean: 60 });
    expect(suite.models).toEqual({});
    expect(suite.refusedModels).toMatchObject({ 'example-org/latent': { code: 'ARCH_UNSUPPORTED' } });
    expect(suite.diagnostics.map(({ code }) => code)).toEqual([
      'suite-model-unsupported',
      'suite-not-measured',
      'suite-split-unknown',
      'suite-prompt-length-asked',
    ]);
  });
});

/** A copy of the fixture with one text of one file replaced. */
async function changed(file: string, from: string, to: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trueline-suite-'));
  await cp(fixture('public-layout'), folder, { recursive: true });
  const text = await readFile(join(folder, file), 'utf8');
  expect(text).toContain(from);
  await writeFile(join(folder, file), text.replace(from, to));
  return folder;
}

describe('a suite in the public layout that cannot be', () => {
  it('is refused when two experiments have one id', async () => {
    const text = await readFile(join(fixture('public-layout'), 'experiments.json'), 'utf8');
    const only = text.slice(text.indexOf('[') + 1, text.lastIndexOf(']'));
    const folder = await changed('experiments.json', only, `${only},${only}`);
    const error = await expectRefusal('SUITE_INVALID', () => readSuite(folder));
    expect(error.message).toBe('a second experiment `7`');
    expect(error.line).toBeGreaterThan(40);
  });

  it('is refused when a figure is there twice or negative, with its line', async () => {
    const twice = await changed('measurements.csv', '7,train,1,ttft_mean', '7,train,0,ttft_mean');
    expect(await expectRefusal('SUITE_INVALID', () => readSuite(twice))).toMatchObject({ line: 5 });
    const negative = await changed('measurements.csv', ',150', ',-150');
    expect(await expectRefusal('SUITE_INVALID', () => readSuite(negative))).toMatchObject({ line: 3 });
  });

  it('is refused when a peer is called like Trueline or takes no time', async () => {
    const named = await changed('peer_predictions.csv', '7,other,', '7,Trueline,');
    expect(await expectRefusal('SUITE_INVALID', () => readSuite(named))).toMatchObject({ line: 2 });
    const own = await mkdtemp(join(tmpdir(), 'trueline-suite-'));
    await cp(fixture('suite'), own, { recursive: true });
    const header = 'simulator,experiment,stage,metric,predictedMs';
    for (const row of ['trueline,a,0,ttftMeanMs,5', ',a,0,ttftMeanMs,5', 'other,a,0,ttftMeanMs,-5']) {
      await writeFile(join(own, 'peers.csv'), `${header}\n${row}\n`);
      expect(await expectRefusal('SUITE_INVALID', () => readSuite(own))).toMatchObject({ line: 2 });
    }
  });

  it('loses, and counts, the ITL of single tokens and times of 0', async () => {
    const file = 'experiments.json';
    const suite = await readSuite(await changed(file, '"output_tokens": 11', '"output_tokens": 1'));
    expect(diagnosed(suite, 'suite-itl-undefined')).toBe(2); // measured and predicted
    expect(suite.experiments[0]?.measured[0]?.metrics.itlMeanMs).toBeUndefined();
    const zero = await readSuite(await changed('measurements.csv', ',150', ',0'));
    expect(diagnosed(zero, 'suite-value-zero')).toBe(1);
  });

  it('doubts a precision that is not the one the model is served in', async () => {
    const folder = await changed('experiments.json', '"precision": "FP16"', '"precision": "INT4"');
    await cp(fixture('suite/models'), join(folder, 'models'), { recursive: true });
    expect(diagnosed(await readSuite(folder), 'suite-precision-differs')).toBe(1);
  });
});

describe("Trueline's own layout", () => {
  it('reads experiments, peers and models', async () => {
    const suite = await readSuite(fixture('suite'));
    expect(suite.experiments.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(suite.peers).toHaveLength(2);
    expect(suite.models['example-org/tiny-llm']).toMatchObject({ layers: 4, name: 'example-org/tiny-llm' });
    const workload = suite.experiments[1]?.workload;
    expect(workload?.kind === 'request-trace' && [...workload.arrivedAtUs]).toEqual([0, 1500, 9000]);
  });
});

const data = dataFolder();

const publicSuite = (): Promise<Suite> => readSuite(join(data ?? '', 'public-suite'));

const generated = ({ workload }: Experiment): number =>
  workload.kind === 'shared-prefix' ? workload.outputTokens : NaN;

describe.skipIf(data === undefined)('the public suite', () => {
  it('has 39 experiments, 106 measured stages of 7 figures, 1790 peer predictions', async () => {
    const { experiments, peers, models } = await publicSuite();
    expect(experiments).toHaveLength(39);
    expect(experiments.filter(({ split }) => split === 'train')).toHaveLength(15);
    const stages = experiments.flatMap(({ measured }) => measured);
    expect(stages).toHaveLength(106);
    expect(stages.every(({ metrics }) => Object.keys(metrics).length === 7)).toBe(true);
    expect(peers).toHaveLength(1790);
    expect(Object.keys(models)).toHaveLength(12);
    expect(diagnosed(await publicSuite(), 'suite-key-unknown')).toBe(0);
  });

  it('has ITL that agrees with (E2E − TTFT) ÷ (generated − 1) to 0.1 % in every stage', async () => {
    const { experiments } = await publicSuite();
    const errors = experiments.flatMap((experiment) =>
      experiment.measured.map(({ metrics }) => {
        const expected =
          ((metrics.e2eMeanMs ?? NaN) - (metrics.ttftMeanMs ?? NaN)) / (generated(experiment) - 1);
        return Math.abs((metrics.itlMeanMs ?? NaN) / expected - 1);
      }),
    );
    expect(Math.max(...errors)).toBeLessThan(0.001);
  });

  it('would be up to a third off had the re-tokenised count been taken', () => {
    const stage = { rate: 5, duration: 600, output_tokens: 247, reported_mean_output_tokens: 193.72 };
    const factor = itlFactor({ stages: [stage] }, 0);
    expect(factor).toBeCloseTo(192.72 / 246, 9);
  });
});
