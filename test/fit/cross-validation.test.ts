import { describe, expect, test } from 'vitest';
import {
  leaveOneGroupOut,
  selectHyperParameters,
  type BenchmarkFitInput,
  type CrossValidation,
  type CrossValidationOptions,
} from '../../src/fit/index.js';
import { PLANTED, TOY_BASIS } from './toy-basis.js';
import { toyBenchmark, toyContextOf, toySimulate } from './toy-benchmark.js';

const EXPERIMENTS = [
  toyBenchmark('ten busy', { layers: 10, gapsUs: [6000, 2500], promptTokens: 40 }),
  toyBenchmark('ten calm', { layers: 10, gapsUs: [20_000], promptTokens: 100 }),
  toyBenchmark('twenty', { layers: 20, gapsUs: [40_000], promptTokens: 200 }),
  toyBenchmark('thirty', { layers: 30, gapsUs: [9000, 4000], promptTokens: 10 }),
];
const INPUT: BenchmarkFitInput = {
  basis: TOY_BASIS,
  contextOf: toyContextOf,
  simulate: toySimulate,
  experiments: EXPERIMENTS,
};
const START = { start: PLANTED };
const leaveOneModelOut = (input: BenchmarkFitInput, options: CrossValidationOptions = {}): CrossValidation =>
  leaveOneGroupOut(input, ['model'], options)[0]!;
const mapePct = (errors: CrossValidation['errors'], group: string, metric: string): number =>
  errors.find((entry) => entry.group === group && entry.kind === metric)!.errors.mapePct;

describe('leaveOneGroupOut', () => {
  test('leaves out all experiments of a model at once and judges each experiment once', () => {
    const { folds, errors } = leaveOneModelOut(INPUT, START);
    expect(folds.map(({ group, experiments }) => [group, experiments])).toEqual([
      ['toy-10', ['ten busy', 'ten calm']],
      ['toy-20', ['twenty']],
      ['toy-30', ['thirty']],
    ]);
    expect(errors.find(({ group, kind }) => group === 'all' && kind === 'e2eMeanMs')!.errors.n).toBe(4);
    expect(mapePct(errors, 'all', 'itlMeanMs')).toBeLessThan(1);
  });

  test('a fold does not see the figures of its model', () => {
    const [changed] = EXPERIMENTS.slice(3).map((experiment) => ({
      ...experiment,
      measured: experiment.measured.map(({ stage, metrics }) => ({
        stage,
        metrics: { ...metrics, itlMeanMs: 2 * metrics.itlMeanMs!, ttftMeanMs: 2 * metrics.ttftMeanMs! },
      })),
    }));
    const experiments = [...EXPERIMENTS.slice(0, 3), changed!];
    const { folds, errors } = leaveOneModelOut({ ...INPUT, experiments }, { ...START, maxIterations: 1 });
    const plain = leaveOneModelOut(INPUT, { ...START, maxIterations: 1 });
    expect(folds[2]!.coefficients).toEqual(plain.folds[2]!.coefficients);
    expect(mapePct(errors, 'thirty', 'itlMeanMs')).toBeGreaterThan(40);
  });

  test('refuses a single model', () => {
    expect(() => leaveOneModelOut({ ...INPUT, experiments: EXPERIMENTS.slice(0, 2) })).toThrow(
      /every experiment serves toy-10/u,
    );
  });

  test('leaves out by workload, and shares the fit between keys', () => {
    const experiments = EXPERIMENTS.map((entry, i) => ({
      ...entry,
      workloadName: i % 2 === 0 ? 'even' : 'odd',
    }));
    const [byModel, byWorkload] = leaveOneGroupOut({ ...INPUT, experiments }, ['model', 'workload'], START);
    expect(byModel).toEqual(leaveOneModelOut({ ...INPUT, experiments }, START));
    expect(byWorkload!.folds.map(({ group, experiments: ids }) => [group, ids])).toEqual([
      ['even', ['ten busy', 'twenty']],
      ['odd', ['ten calm', 'thirty']],
    ]);
    expect(byWorkload!.folds[0]!.errors.find(({ kind }) => kind === 'e2eMeanMs')!.errors.n).toBe(2);
    expect(() => leaveOneGroupOut(INPUT, ['gpu'])).toThrow(/every experiment ran on toy-gpu: no gpu/u);
  });

  test('takes the test split only when asked to judge all', () => {
    const experiments = EXPERIMENTS.map(
      (entry, i) => ({ ...entry, split: i === 0 ? 'test' : 'train' }) as const,
    );
    expect(() => leaveOneModelOut({ ...INPUT, experiments })).toThrow(/of the test split/u);
    const { errors } = leaveOneModelOut({ ...INPUT, experiments }, { ...START, over: 'all' });
    expect(errors.find(({ group, kind }) => group === 'ten busy' && kind === 'ttftMeanMs')!.errors.n).toBe(1);
  });
});

describe('selectHyperParameters', () => {
  const WRONG = { name: 'no step term', priors: { step: { mean: 0, sd: 0 } } };
  const RIGHT = { name: 'step term', priors: {} };

  test('chooses the terms that predict unseen models', () => {
    const grid = { termSets: [WRONG, RIGHT], priorNoiseRatios: [0.02] };
    const { chosen, scores } = selectHyperParameters(INPUT, grid, START);
    expect(chosen.termSet).toBe('step term');
    expect(scores.map(({ termSet }) => termSet)).toEqual(['no step term', 'step term']);
    expect(scores[0]!.scorePct).toBeGreaterThan(scores[1]!.scorePct + 1);
  });

  test('prefers the earlier of choices that predict equally well', () => {
    const grid = {
      termSets: [RIGHT, { ...RIGHT, name: 'the same again' }],
      priorNoiseRatios: [0.02, 0.0199],
    };
    const { chosen, scores } = selectHyperParameters(INPUT, grid, START);
    expect([chosen.termSet, chosen.priorNoiseRatio]).toEqual(['step term', 0.02]);
    expect(scores.length).toBe(4);
  });

  test('refuses an empty grid and the test split', () => {
    expect(() => selectHyperParameters(INPUT, { termSets: [], priorNoiseRatios: [0.02] })).toThrow(
      expect.objectContaining({ code: 'FIT_INVALID' }),
    );
    const experiments = EXPERIMENTS.map((experiment) => ({ ...experiment, split: 'test' as const }));
    expect(() => leaveOneModelOut({ ...INPUT, experiments })).toThrow(/of the test split/u);
  });
});
