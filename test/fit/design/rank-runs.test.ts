import * as fc from 'fast-check';
import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import type { PlannedRun } from '../../../src/fit/design/planned-run.js';
import { rankRuns, targetSdBefore, type Design, type RankedRun } from '../../../src/fit/design/rank-runs.js';
import type { Misfit } from '../../../src/fit/design/misfit.js';
import { RowCollector, type FitRows } from '../../../src/fit/fit-rows.js';
import { layOutTerms } from '../../../src/fit/fit-terms.js';
import { TOY_BASIS } from '../toy-basis.js';

/** Two free terms: step and token. */
const LAYOUT = layOutTerms(TOY_BASIS, { request: { sd: 0 }, front: { sd: 0 } });

function rows(...values: readonly (readonly [number, number])[]): FitRows {
  const collector = new RowCollector(LAYOUT);
  for (const valuesUs of values) {
    collector.add({ group: 'run', kind: 'decode', weight: 1, valuesUs, fixedUs: 0, observedUs: 1 });
  }
  return collector.rows();
}

type Values = readonly (readonly [number, number])[];

const run = (id: string, gpuMinutes: number, ...values: Values): PlannedRun => ({
  id,
  model: 'model',
  gpuMinutes,
  rows: rows(...values),
});

const ofModel = (model: string, ...values: Values): PlannedRun => ({
  ...run(`${model} ${values.join(' ')}`, 1, ...values),
  model,
});

/** Rows that err each on their own. */
const INDEPENDENT: Misfit = { noiseRatio: 1, runRatio: 0, modelRatio: 0 };

const design = (target: readonly [number, number], misfit = INDEPENDENT): Design => ({
  precision: Matrix.eye(2),
  misfit,
  targets: [rows(target)],
});

const ids = (ranked: readonly { readonly id: string }[]) => ranked.map(({ id }) => id);
const gains = (ranked: readonly RankedRun[]) => ranked.map(({ gainPerGpuMinute }) => gainPerGpuMinute);

const coordinate = fc.double({ min: 0.1, max: 5, noNaN: true });
const someRuns = (cost: fc.Arbitrary<number>) =>
  fc
    .array(fc.tuple(coordinate, coordinate, cost, fc.constantFrom('a', 'b')), { minLength: 1, maxLength: 6 })
    .map((each) => each.map(([x, y, minutes, model], i) => ({ ...run(`run ${i}`, minutes, [x, y]), model })));
const someMisfit = fc.record({
  noiseRatio: fc.double({ min: 0.1, max: 2, noNaN: true }),
  runRatio: fc.double({ min: 0, max: 2, noNaN: true }),
  modelRatio: fc.double({ min: 0, max: 2, noNaN: true }),
});

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

  it('gains what a hand-worked example gains', () => {
    // Precision 1, noise 1, target (1, 0) of variance 1. Step alone leaves 1/2; then both: [[3,1],[1,2]] leaves 2/5; then
    // token: [[3,1],[1,3]] leaves 3/8.
    const runs = [run('step', 1, [1, 0]), run('token', 1, [0, 1]), run('both', 1, [1, 1])];
    const ranked = rankRuns(design([1, 0]), runs, 'I');
    expect(ids(ranked)).toEqual(['step', 'both', 'token']);
    [1 / 2, 1 / 10, 1 / 40].forEach((gain, i) => expect(gains(ranked)[i]).toBeCloseTo(gain, 12));
    const volumes = gains(rankRuns(design([1, 0]), runs, 'D'));
    expect(volumes.reduce((a, b) => a + b)).toBeCloseTo(Math.log(3 * 3 - 1), 12);
    expect(volumes[0]).toBeCloseTo(Math.log(2 * 2 - 1), 12);
  });

  it('states the variance that an explicit inverse gives', () => {
    const target = [1, 2] as const;
    const first = rankRuns(design(target), [run('one', 2, [2, 1], [1, 1])], 'I')[0]!;
    const precision = new Matrix([[1 + 4 + 1, 2 + 1], [2 + 1, 1 + 1 + 1]]); // prettier-ignore
    const variance = varianceAt(target, inverse(precision));
    expect(targetSdBefore(design(target))).toBeCloseTo(Math.sqrt(5), 12);
    expect(first.targetSdRatio).toBeCloseTo(Math.sqrt(variance), 12);
    expect(first.gainPerGpuMinute).toBeCloseTo((5 - variance) / 2, 12);
  });

  it('never leaves more variance after a run than before it', () => {
    fc.assert(
      fc.property(someRuns(fc.integer({ min: 1, max: 9 })), someMisfit, (runs, misfit) => {
        const sds = rankRuns(design([1, 1], misfit), runs, 'I').map(({ targetSdRatio }) => targetSdRatio);
        sds.forEach((sd, i) => expect(sd).toBeLessThanOrEqual((sds[i - 1] ?? Math.SQRT2) + 1e-9));
      }),
    );
  });

  it('gains less and less volume when runs cost the same and err on their own', () => {
    fc.assert(
      fc.property(someRuns(fc.constant(1)), (runs) => {
        const each = gains(rankRuns(design([1, 1]), runs, 'D'));
        each.slice(1).forEach((gain, i) => expect(gain).toBeLessThanOrEqual(each[i]! + 1e-9));
      }),
    );
  });

  it('chooses a batch that is the beginning of the whole order, from its own runs alone', () => {
    fc.assert(
      fc.property(
        someRuns(fc.constant(2)),
        fc.constantFrom('I' as const, 'D' as const),
        (runs, criterion) => {
          const all = rankRuns(design([1, 2]), runs, criterion);
          const batch = rankRuns(design([1, 2]), runs, criterion, 2);
          expect(batch).toEqual(all.slice(0, 2));
        },
      ),
    );
  });

  it('does not depend on the units of coefficients', () => {
    const scale = [1000, 0.02] as const;
    fc.assert(
      fc.property(someRuns(fc.integer({ min: 1, max: 4 })), someMisfit, (runs, misfit) => {
        const scaled = runs.map((each) => ({ ...each, rows: inUnits(each.rows, scale) }));
        const precision = Matrix.diag(scale.map((unit) => unit ** 2));
        const before = design([1, 2], misfit);
        const after = { ...before, precision, targets: before.targets.map((own) => inUnits(own, scale)) };
        for (const criterion of ['I', 'D'] as const) {
          const [one, other] = [rankRuns(before, runs, criterion), rankRuns(after, scaled, criterion)];
          gains(one).forEach((gain, i) => expect(gains(other)[i]).toBeCloseTo(gain, 8));
        }
      }),
    );
  });
});

describe('misfits', () => {
  it('agree with the covariance of all rows written out', () => {
    const misfit = { noiseRatio: 0.5, runRatio: 0.7, modelRatio: 0.9 };
    const runs = [ofModel('a', [1, 2], [2, 1]), ofModel('a', [3, 1]), ofModel('b', [1, 1], [0, 2])];
    const own = misfit.noiseRatio ** 2;
    const [ofRun, shared] = [misfit.runRatio ** 2, misfit.modelRatio ** 2];
    const [twin, self] = [ofRun + shared, own + ofRun + shared];
    const covariance = new Matrix([
      [self, twin, shared, 0, 0],
      [twin, self, shared, 0, 0],
      [shared, shared, self, 0, 0],
      [0, 0, 0, self, twin],
      [0, 0, 0, twin, self],
    ]);
    const values = new Matrix([[1, 2], [2, 1], [3, 1], [1, 1], [0, 2]]); // prettier-ignore
    const precision = values.transpose().mmul(inverse(covariance)).mmul(values).add(Matrix.eye(2));
    const last = rankRuns(design([1, 2], misfit), runs, 'I').at(-1)!;
    expect(last.targetSdRatio).toBeCloseTo(Math.sqrt(varianceAt([1, 2], inverse(precision))), 12);
  });

  it('make another model worth more than the same again', () => {
    const runs = [ofModel('a', [1, 0]), ofModel('a', [0.99, 0]), ofModel('b', [0.9, 0])];
    const models = (misfit: Misfit) =>
      ids(rankRuns(design([1, 0], misfit), runs, 'I')).map((id) => id.slice(0, 1));
    expect(models(INDEPENDENT)).toEqual(['a', 'a', 'b']);
    expect(models({ noiseRatio: 0.1, runRatio: 0, modelRatio: 1 })).toEqual(['a', 'b', 'a']);
  });

  it('make a second run worth more than a second row', () => {
    const misfit = { noiseRatio: 0.1, runRatio: 1, modelRatio: 0 };
    const [twoRows] = rankRuns(design([1, 0], misfit), [run('rows', 1, [1, 0], [1, 0])], 'I');
    const twoRuns = rankRuns(design([1, 0], misfit), [run('1', 1, [1, 0]), run('2', 1, [1, 0])], 'I');
    expect(twoRuns.at(-1)!.targetSdRatio).toBeLessThan(0.9 * twoRows!.targetSdRatio);
  });

  it('refuse targets without a figure', () => {
    expect(() => rankRuns({ ...design([1, 0]), targets: [rows()] }, [run('a', 1, [1, 0])], 'I')).toThrow(
      expect.objectContaining({ code: 'FIT_INVALID' }),
    );
  });
});

function varianceAt(target: readonly number[], covariance: Matrix): number {
  const v = Matrix.columnVector([...target]);
  return v.transpose().mmul(covariance).mmul(v).get(0, 0);
}

const inUnits = (own: FitRows, scale: readonly number[]): FitRows => ({
  ...own,
  values: own.values.map((value, i) => value * scale[i % 2]!),
});
