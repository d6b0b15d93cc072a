import { Matrix, inverse } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { identifiability } from '../../src/coefficients/identifiability.js';
import { readCoefficientSet, type CoefficientSet } from '../../src/coefficients/index.js';

const PRIOR_SD = 10;

/** A set whose data have information `data` on its terms, each with a prior of sd 10. */
function setWith(data: readonly (readonly number[])[], terms: readonly string[]): CoefficientSet {
  const precision = new Matrix(data.map((row, i) => row.map((v, j) => v + (i === j ? PRIOR_SD ** -2 : 0))));
  const entry = {
    value: 1,
    unit: 'ratio',
    prior: { mean: 1, sd: PRIOR_SD },
    atBound: false,
    method: 'fitted' as const,
    scope: {},
    sources: [],
    rationale: '',
  };
  return {
    formatVersion: 1,
    name: 'made up',
    description: '',
    basis: 'op-roofline',
    entries: Object.fromEntries(terms.map((term) => [term, entry])),
    uncertainty: {
      covariance: { terms, values: inverse(precision).to2DArray() },
      stepTimeLogSd: 0,
      metricLogSd: {},
      models: 2,
      figures: 2,
      unseenCoverageRatio: 1,
    },
  };
}

describe('identifiability', () => {
  it('finds nothing wrong where every run measures one coefficient', () => {
    const found = identifiability(setWith([[4, 0], [0, 900]], ['a', 'b']))!; // prettier-ignore
    expect(found.conditionNumber).toBeCloseTo(1, 9);
    expect(found.varianceInflation['a']).toBeCloseTo(1, 9);
    expect(found.pairs).toEqual([]);
  });

  it('takes the prior out before it judges: a scaled information of [[1, ρ], [ρ, 1]], worked by hand', () => {
    const rho = 0.96; // information 25 and 4: the off-diagonal is ρ·√(25·4) = 9.6
    const { conditionNumber, varianceInflation, pairs } = identifiability(
      setWith([[25, 9.6], [9.6, 4]], ['a', 'b']), // prettier-ignore
    )!;
    expect(conditionNumber).toBeCloseTo(Math.sqrt((1 + rho) / (1 - rho)), 6); // 7
    expect(varianceInflation['b']).toBeCloseTo(1 / (1 - rho ** 2), 6);
    expect(pairs).toHaveLength(1);
    expect(pairs[0]!.terms).toEqual(['a', 'b']);
    expect(pairs[0]!.correlation).toBeCloseTo(-rho, 6);
  });

  it('leaves out a coefficient that no run measured', () => {
    const found = identifiability(setWith([[4, 0], [0, 0]], ['a', 'b']))!; // prettier-ignore
    expect(Object.keys(found.varianceInflation)).toEqual(['a']);
  });

  it('stays finite when two coefficients are one', () => {
    const found = identifiability(setWith([[4, 4], [4, 4]], ['a', 'b']))!; // prettier-ignore
    expect(found.conditionNumber).toBeGreaterThan(1e5);
    expect(found.conditionNumber).toBeLessThan(Infinity);
    expect(found.pairs[0]!.correlation).toBeCloseTo(-1, 6);
  });
});

describe('a set that leaves nothing free', () => {
  it('has nothing to tell apart', async () => {
    const set = await readCoefficientSet('op-roofline');
    const uncertainty = { ...set.uncertainty!, covariance: { terms: [], values: [] } };
    expect(identifiability({ ...set, uncertainty })).toBeUndefined();
  });
});
