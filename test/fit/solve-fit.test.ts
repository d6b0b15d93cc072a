import { fc, test } from '@fast-check/vitest';
import { MultivariateLinearRegression } from 'ml-regression';
import { describe, expect } from 'vitest';
import { describeCoefficients } from '../../src/fit/describe-coefficients.js';
import { RowCollector } from '../../src/fit/fit-rows.js';
import { layOutTerms, type PriorOverrides } from '../../src/fit/fit-terms.js';
import { resolveSolveOptions, solveFit, type SolveOptions } from '../../src/fit/solve-fit.js';
import { TOY_BASIS } from './toy-basis.js';

/** Frees `step` and `request` under wide priors, fixes the rest. */
const TWO_FREE: PriorOverrides = { token: { sd: 0 }, front: { sd: 0 } };
const NO_PRIOR: SolveOptions = { priorNoiseRatio: 0, huberRatio: Infinity };

/** Rows `step + request·x + fixed = observed` for given (x, observed), with the fixed part in µs. */
function problemOf(points: readonly (readonly [number, number])[], fixedUs = 0, priors = TWO_FREE) {
  const layout = layOutTerms(TOY_BASIS, priors);
  const collector = new RowCollector(layout);
  for (const [x, observedUs] of points) {
    collector.add({ group: 'run', kind: 'decode-step', weight: 1, valuesUs: [1, x], fixedUs, observedUs });
  }
  return { layout, rows: collector.rows() };
}
const solve = (problem: ReturnType<typeof problemOf>, options: SolveOptions) =>
  solveFit(problem, resolveSolveOptions(options));

/** Two groups of x, so that slope and intercept are both determined; noise of a few percent. */
const points = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 20, max: 40 }),
      fc.double({ min: -0.03, max: 0.03, noNaN: true }),
    ),
    {
      minLength: 4,
      maxLength: 12,
    },
  )
  .map((rows) =>
    rows.flatMap(([near, far, noise], i): [number, number][] => [
      [near, (1000 + 50 * near) * (1 + noise)],
      [far, (1000 + 50 * far) * (1 - noise * Math.cos(i))],
    ]),
  );

describe('solveFit', () => {
  test.prop([points])(
    'without priors and bounds in reach is ordinary least squares, standard errors included',
    (data) => {
      const solution = solve(problemOf(data), NO_PRIOR);
      const ordinary = new MultivariateLinearRegression(
        data.map(([x, observed]) => [1000 / observed, (50 * x) / observed]),
        data.map(() => [1]),
        { intercept: false },
      );
      fc.pre(ordinary.stdError > 1e-6);
      const unit = [1000, 50];
      unit.forEach((scale, j) => {
        expect(solution.x[j]! / scale).toBeCloseTo(ordinary.weights[j]![0]!, 6);
        expect(solution.stdErrors[j]! / scale / ordinary.stdErrors[j]!).toBeCloseTo(1, 4);
      });
    },
  );

  test.prop([points, fc.double({ min: 0, max: 500, noNaN: true })])(
    'what is fixed only moves to the other side',
    (data, fixedUs) => {
      const plain = solve(problemOf(data), NO_PRIOR).x;
      // The same relative residuals: every observation keeps its size, its free part shrinks by the fixed one.
      const shifted = solve(problemOf(data, fixedUs), NO_PRIOR).x;
      fc.pre(shifted[0]! > 0 && plain[0]! > fixedUs);
      expect(shifted[0]! + fixedUs).toBeCloseTo(plain[0]!, 3);
      expect(shifted[1]).toBeCloseTo(plain[1]!, 4);
    },
  );

  test('one row against one prior, by hand: 10 % too high, prior sd 5 % of the row → weights 1/λ² and 1/0.05²', () => {
    const priors = { ...TWO_FREE, step: { mean: 1000, sd: 55 }, request: { sd: 0 } };
    const layout = layOutTerms(TOY_BASIS, priors);
    const collector = new RowCollector(layout);
    collector.add({
      group: 'a',
      kind: 'decode-step',
      weight: 1,
      valuesUs: [1],
      fixedUs: 0,
      observedUs: 1100,
    });
    const problem = { layout, rows: collector.rows() };
    const solution = solve(problem, { priorNoiseRatio: 0.05, huberRatio: Infinity });
    // equal weights (λ = 0.05 of 1100 = 55 = sd): half-way, half the variance
    expect(solution.x[0]).toBeCloseTo(1050, 4);
    expect(solution.posterior.dataShareRatios[0]).toBeCloseTo(0.5, 6);
    // one row with half a parameter spent on it leaves half a degree of freedom
    expect(solution.noiseRatio).toBeCloseTo((50 / 1100) * Math.SQRT2, 6);
  });

  test.prop([points, fc.double({ min: 1e-3, max: 0.1, noNaN: true })])(
    'a stronger prior leaves the data a smaller share, and no error bar exceeds the prior',
    (data, ratio) => {
      const weak = solve(problemOf(data), { priorNoiseRatio: ratio });
      const strong = solve(problemOf(data), { priorNoiseRatio: 2 * ratio });
      strong.posterior.dataShareRatios.forEach((share, j) =>
        expect(share).toBeLessThanOrEqual(weak.posterior.dataShareRatios[j]! + 1e-9),
      );
      expect(weak.stdErrors[0]).toBeLessThanOrEqual(1000.001);
      expect(weak.stdErrors[1]).toBeLessThanOrEqual(100.001);
    },
  );

  test('says which coefficients cannot be told apart', () => {
    const data = Array.from({ length: 20 }, (_, i): [number, number] => [10 + 0.01 * i, 1500 + (i % 3)]);
    const problem = problemOf(data);
    const solution = solve(problem, {});
    const [, step, request] = describeCoefficients(problem.layout, solution);
    expect(solution.posterior.conditionNumber).toBeGreaterThan(100);
    expect(step!.note).toContain('only its sum with request is well determined');
    expect(request!.note).toContain('only its sum with step is well determined');
    expect(step!.value + 10.1 * request!.value).toBeCloseTo(1501, -1);
  });

  test('marks a coefficient the data would make negative', () => {
    const falling = [1, 5, 10, 20].map((x): [number, number] => [x, 2000 - 20 * x]);
    const problem = problemOf(falling);
    const [, , request] = describeCoefficients(problem.layout, solve(problem, NO_PRIOR));
    expect(request).toMatchObject({ value: 0, atBound: true });
    expect(request!.note).toContain('at its bound 0');
  });

  test('refuses no rows, and observations that are none', () => {
    expect(() => solve(problemOf([]), {})).toThrow(expect.objectContaining({ code: 'SAMPLE_EMPTY' }));
    for (const observed of [0, -1, NaN, Infinity]) {
      expect(() => problemOf([[1, observed]])).toThrow(expect.objectContaining({ code: 'FIT_INVALID' }));
    }
    expect(() => solve(problemOf([[NaN, 1000]]), {})).toThrow(
      expect.objectContaining({ code: 'FIT_INVALID' }),
    );
  });
});

describe('layOutTerms', () => {
  test('refuses priors that cannot be, and a basis with nothing to solve for', () => {
    expect(() => layOutTerms(TOY_BASIS, { step: { mean: -1 } })).toThrow(/prior of "step" is -1/u);
    expect(() => layOutTerms(TOY_BASIS, { step: { sd: NaN } })).toThrow(
      expect.objectContaining({ code: 'FIT_INVALID' }),
    );
    const none = Object.fromEntries(['step', 'request', 'token', 'front'].map((name) => [name, { sd: 0 }]));
    expect(() => layOutTerms(TOY_BASIS, none)).toThrow(/no term of basis toy is free/u);
  });
});
