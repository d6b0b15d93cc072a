import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import type { PlannedRun } from '../../src/fit/design/planned-run.js';
import { rankRuns, targetSdBefore } from '../../src/fit/design/rank-runs.js';
import { RowCollector, type FitRows } from '../../src/fit/fit-rows.js';
import { layOutTerms } from '../../src/fit/fit-terms.js';
import { TOY_BASIS } from './toy-basis.js';

/** Two free terms: step and token. */
const LAYOUT = layOutTerms(TOY_BASIS, { request: { sd: 0 }, front: { sd: 0 } });

function rows(...values: readonly (readonly [number, number])[]): FitRows {
  const collector = new RowCollector(LAYOUT);
  for (const valuesUs of values) {
    collector.add({ group: 'run', kind: 'decode', weight: 1, valuesUs, fixedUs: 0, observedUs: 1 });
  }
  return collector.rows();
}

const run = (
  id: string,
  gpuMinutes: number,
  ...values: readonly (readonly [number, number])[]
): PlannedRun => ({
  id,
  gpuMinutes,
  rows: rows(...values),
});

const design = (target: readonly [number, number]) => ({
  precision: Matrix.eye(2),
  noiseRatio: 1,
  targets: [rows(target)],
});

const ids = (ranked: readonly { readonly id: string }[]) => ranked.map(({ id }) => id);

describe('ranking runs', () => {
  it('prefers what the target depends on, and takes the rest when that is known', () => {
    const runs = [run('step', 1, [3, 0]), run('token', 1, [0, 3])];
    expect(ids(rankRuns(design([0, 1]), runs, 'I'))).toEqual(['token', 'step']);
    expect(ids(rankRuns(design([1, 0]), runs, 'I'))).toEqual(['step', 'token']);
  });

  it('counts what a run costs', () => {
    const runs = [run('dear', 100, [0, 3]), run('cheap', 1, [0, 2])];
    expect(ids(rankRuns(design([0, 1]), runs, 'I'))).toEqual(['cheap', 'dear']);
  });

  it('does not measure the same twice while something else is unknown', () => {
    const runs = [run('a', 1, [3, 0.1]), run('a again', 1, [3, 0.1]), run('b', 1, [0.1, 2])];
    expect(ids(rankRuns(design([1, 1]), runs, 'D')).slice(0, 2)).toEqual(['a', 'b']);
  });

  it('states the variance that an explicit inverse gives', () => {
    const target = [1, 2] as const;
    const first = rankRuns(design(target), [run('one', 2, [2, 1], [1, 1])], 'I')[0]!;
    const precision = new Matrix([[1 + 4 + 1, 2 + 1], [2 + 1, 1 + 1 + 1]]); // prettier-ignore
    const v = Matrix.columnVector([...target]);
    const variance = v.transpose().mmul(inverse(precision)).mmul(v).get(0, 0);
    expect(targetSdBefore(design(target))).toBeCloseTo(Math.sqrt(5), 12);
    expect(first.targetSdRatio).toBeCloseTo(Math.sqrt(variance), 12);
    expect(first.gainPerGpuMinute).toBeCloseTo((5 - variance) / 2, 12);
  });

  it('never leaves more variance after a run than before it', () => {
    const runs = [run('a', 1, [3, 1]), run('b', 2, [1, 1]), run('c', 1, [0, 5]), run('d', 9, [2, 2])];
    const sds = rankRuns(design([1, 1]), runs, 'I').map(({ targetSdRatio }) => targetSdRatio);
    expect(sds).toEqual(sds.toSorted((a, b) => b - a));
  });
});
