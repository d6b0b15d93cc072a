import { fc, test } from '@fast-check/vitest';
import { MultivariateLinearRegression } from 'ml-regression';
import { describe, expect } from 'vitest';
import { gramOf, residualsOf, type LeastSquaresRows } from '../../src/stats/gram.js';
import { solveNnls } from '../../src/stats/nnls.js';
import { solveRobustNnls } from '../../src/stats/robust-nnls.js';

const unweighted = (
  values: readonly (readonly number[])[],
  targets: readonly number[],
): LeastSquaresRows => ({
  count: values.length,
  columns: values[0]!.length,
  values: Float64Array.from(values.flat()),
  targets: Float64Array.from(targets),
  weights: new Float64Array(values.length).fill(1),
});

const dot = (row: readonly number[], x: readonly number[]): number =>
  row.reduce((sum, value, j) => sum + value * x[j]!, 0);

/** Rows in [0, 1] with a dominant diagonal block, so that every column is identified. */
const identifiedRows = fc
  .array(fc.tuple(unit(), unit(), unit()), { minLength: 4, maxLength: 20 })
  .map((rows) => [...rows.map((row) => [...row]), [2, 0, 0], [0, 2, 0], [0, 0, 2]]);
const coefficients = fc.tuple(unit(), unit(), unit()).map((x) => x.map((value) => 0.1 + value));
const signedTargets = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 23, maxLength: 23 });

function unit(): fc.Arbitrary<number> {
  return fc.double({ min: 0, max: 1, noNaN: true });
}

describe('solveNnls', () => {
  test.prop([identifiedRows, coefficients])('recovers planted coefficients', (values, planted) => {
    const rows = unweighted(
      values,
      values.map((row) => dot(row, planted)),
    );
    const { x } = solveNnls(rows);
    x.forEach((value, j) => expect(value).toBeCloseTo(planted[j]!, 6));
  });

  test.prop([identifiedRows, signedTargets])('ends at an optimum of the bounded problem', (values, noise) => {
    const rows = unweighted(values, noise.slice(0, values.length));
    const { x, kktViolation } = solveNnls(rows);
    expect(kktViolation).toBeLessThan(1e-8);
    const objective = (at: ArrayLike<number>): number =>
      residualsOf(rows, at).reduce((sum, r) => sum + r * r, 0);
    const best = objective(x);
    for (let j = 0; j < x.length; j++) {
      for (const step of [1e-3, -1e-3]) {
        const moved = Float64Array.from(x, (value, k) => (k === j ? Math.max(0, value + step) : value));
        expect(objective(moved)).toBeGreaterThanOrEqual(best - 1e-9);
      }
    }
  });

  test.prop([identifiedRows, signedTargets])('does not care about the order of rows', (values, noise) => {
    const targets = noise.slice(0, values.length);
    const forward = solveNnls(unweighted(values, targets)).x;
    const backward = solveNnls(unweighted(values.toReversed(), targets.toReversed())).x;
    forward.forEach((value, j) => expect(backward[j]).toBeCloseTo(value, 8));
  });

  test.prop([identifiedRows, coefficients, fc.integer({ min: -9, max: 9 })])(
    'rescaling the unit of a column rescales its coefficient and nothing else',
    (values, planted, decades) => {
      const targets = values.map((row, i) => dot(row, planted) + 0.01 * Math.sin(i));
      const factor = 10 ** decades;
      const plain = solveNnls(unweighted(values, targets)).x;
      const scaled = solveNnls(
        unweighted(
          values.map(([a, b, c]) => [a! * factor, b!, c!]),
          targets,
        ),
      ).x;
      expect(scaled[0]! * factor).toBeCloseTo(plain[0]!, 7);
      expect(scaled[1]).toBeCloseTo(plain[1]!, 7);
    },
  );

  test.prop([identifiedRows, coefficients])(
    'agrees with ordinary least squares inside the bounds',
    (values, planted) => {
      const targets = values.map((row, i) => dot(row, planted) + 0.01 * Math.sin(i));
      const ordinary = new MultivariateLinearRegression(
        values.map((row) => [...row]),
        targets.map((target) => [target]),
        { intercept: false },
      );
      fc.pre(ordinary.weights.every(([weight]) => weight! > 0));
      const { x } = solveNnls(unweighted(values, targets));
      x.forEach((value, j) => expect(value).toBeCloseTo(ordinary.weights[j]![0]!, 6));
    },
  );

  test('clamps at zero what would be negative: y = 2a − b on two unit columns', () => {
    const rows = unweighted(
      [
        [1, 0],
        [0, 1],
      ],
      [2, -1],
    );
    const { x } = solveNnls(rows);
    expect([...x]).toEqual([expect.closeTo(2, 8), 0]);
  });

  test('a weight of two is the row twice', () => {
    const values = [
      [1, 0.5],
      [0.2, 1],
      [1, 1],
    ];
    const targets = [1, 2, 2.5];
    const twice = solveNnls(unweighted([...values, values[2]!], [...targets, targets[2]!])).x;
    const weighted = solveNnls({ ...unweighted(values, targets), weights: Float64Array.of(1, 1, 2) }).x;
    weighted.forEach((value, j) => expect(value).toBeCloseTo(twice[j]!, 10));
  });

  test('a prior row pulls as much as its strength: one row 1·x = 3, prior 1 ± 1, strength 1 → 2', () => {
    const prior = { means: Float64Array.of(1), sds: Float64Array.of(1), strength: 1 };
    expect(solveNnls(unweighted([[1]], [3]), prior).x[0]).toBeCloseTo(2, 8);
    const none = { ...prior, sds: Float64Array.of(Infinity) };
    expect(solveNnls(unweighted([[1]], [3]), none).x[0]).toBeCloseTo(3, 8);
  });

  test('refuses rows that are not finite, and no columns', () => {
    expect(() => solveNnls(unweighted([[NaN]], [1]))).toThrow(
      expect.objectContaining({ code: 'FIT_INVALID' }),
    );
    expect(() => solveNnls(unweighted([[]], [1]))).toThrow(expect.objectContaining({ code: 'FIT_INVALID' }));
  });

  test('halves of proportional columns: still optimal, only their sum is determined', () => {
    const rows = unweighted(
      [
        [1, 2],
        [2, 4],
        [3, 6],
      ],
      [1, 2, 3],
    );
    const { x, kktViolation } = solveNnls(rows);
    expect(kktViolation).toBeLessThan(1e-8);
    expect(x[0]! + 2 * x[1]!).toBeCloseTo(1, 6);
  });
});

describe('solveRobustNnls', () => {
  const values = Array.from({ length: 60 }, (_, i) => [1, (i % 7) + 1]);
  const clean = values.map((row) => dot(row, [5, 0.3]));

  test('is plain least squares with an infinite threshold', () => {
    const rows = unweighted(
      values,
      clean.map((target, i) => target + 0.1 * Math.sin(3 * i)),
    );
    const plain = solveNnls(rows).x;
    const robust = solveRobustNnls(rows, { huberThreshold: Infinity });
    expect([...robust.x]).toEqual([...plain]);
    expect(robust.rounds).toBe(1);
  });

  test('is moved far less by a few gross outliers than least squares', () => {
    const rows = unweighted(
      values,
      clean.map((target, i) => (i % 20 === 3 ? target * 5 : target)),
    );
    const plain = solveNnls(rows).x;
    const robust = solveRobustNnls(rows, { huberThreshold: 0.05 });
    expect(Math.abs(plain[0]! - 5)).toBeGreaterThan(0.5);
    expect(Math.abs(robust.x[0]! - 5)).toBeLessThan(0.02);
    expect(robust.robustness[3]).toBeLessThan(0.01);
    expect(robust.robustness[4]).toBe(1);
  });
});

describe('gramOf', () => {
  test('of stacked systems is the sum of theirs', () => {
    const first = unweighted(
      [
        [1, 2],
        [3, 4],
      ],
      [5, 6],
    );
    const second = unweighted([[7, 8]], [9]);
    const stacked = gramOf(
      unweighted(
        [
          [1, 2],
          [3, 4],
          [7, 8],
        ],
        [5, 6, 9],
      ),
    );
    const sum = gramOf(first).normal.add(gramOf(second).normal);
    expect(stacked.normal.to2DArray()).toEqual(sum.to2DArray());
    expect(stacked.targetSquares).toBe(25 + 36 + 81);
  });
});
