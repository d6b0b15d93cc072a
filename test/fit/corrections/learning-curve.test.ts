import { describe, expect, test } from 'vitest';
import { chooseCorrectionPrior } from '../../../src/fit/corrections/choose-prior.js';
import { learningCurve } from '../../../src/fit/corrections/learning-curve.js';
import type { ConfigurationRuns, MeasuredRun } from '../../../src/fit/corrections/measured-runs.js';
import { normal } from '../normal.js';
import { plantedRun } from './measured-run.js';

const SPREADS = { stepTimeLogSd: 0.005, metricLogSd: { itlMeanMs: 0.005, ttftMeanMs: 0.02 } };
const PRIOR = { stepLogSd: 0.04, frontLogSd: 0.2 };
const LOADS = ['a', 'b', 'c', 'd'];

const configuration = (model: string, runs: readonly MeasuredRun[]): ConfigurationRuns => ({
  scope: { model, gpu: 'gpu', tensorParallelSize: 1, engineVersion: '0.15.1' },
  runs,
});

/** One configuration, the same planted correction in four loads. */
const AGREEING = configuration(
  'agrees',
  LOADS.map((load) => plantedRun(load, load, { stepLog: 0.05, frontLog: 0 })),
);

const curve = (runs: readonly MeasuredRun[], sizes: readonly number[]) =>
  learningCurve([configuration('m', runs)], SPREADS, PRIOR, sizes);

describe('learningCurve', () => {
  test('buys nothing with nothing, and more with more where loads agree', () => {
    const points = curve(AGREEING.runs, [0, 1, 2, 3, 4]);
    expect(points.map(({ experiments, heldOut }) => [experiments, heldOut])).toEqual([
      [0, 4],
      [1, 4],
      [2, 4],
      [3, 4],
    ]);
    const itl = points.map(({ errors }) => errors.find(({ metric }) => metric === 'itlMeanMs')!);
    expect(itl[0]!.corrected).toEqual(itl[0]!.general);
    const sizes = itl.map(({ corrected }) => corrected.mapePct);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    expect(sizes[3]!).toBeLessThan(0.2 * sizes[0]!);
    expect(itl[1]!.worsened).toBe(0);
  });

  test('never learns from the load it predicts', () => {
    const [first, second] = ['one', 'two'].map((id) =>
      plantedRun(id, 'same', { stepLog: 0.05, frontLog: 0 }),
    );
    expect(curve([first!, second!], [1])).toEqual([]);
    expect(curve([first!, second!, AGREEING.runs[0]!], [1])[0]!.heldOut).toBe(3);
    expect(curve([first!, second!, AGREEING.runs[0]!], [2])[0]!.heldOut).toBe(1);
  });

  test('says where a correction makes it worse', () => {
    const runs = [0.05, -0.05].map((stepLog, i) =>
      plantedRun(LOADS[i]!, LOADS[i]!, { stepLog, frontLog: 0 }),
    );
    const [point] = curve(runs, [1]);
    expect(point!.errors.find(({ metric }) => metric === 'itlMeanMs')!.worsened).toBe(2);
  });
});

describe('chooseCorrectionPrior', () => {
  test('is wide where loads of a configuration agree, and nothing where they do not', () => {
    const next = normal(1);
    const noise = configuration(
      'noise',
      Array.from({ length: 12 }, (_, i) =>
        plantedRun(`${i}`, `${i}`, { stepLog: 0.05 * next(), frontLog: 0.3 * next() }),
      ),
    );
    expect(chooseCorrectionPrior([AGREEING], SPREADS)!.stepLogSd).toBe(0.08);
    expect(chooseCorrectionPrior([noise], SPREADS)).toMatchObject({ stepLogSd: 0, frontLogSd: 0 });
  });

  test('is not known from single loads', () => {
    expect(chooseCorrectionPrior([configuration('one', AGREEING.runs.slice(0, 1))], SPREADS)).toBeUndefined();
  });
});
