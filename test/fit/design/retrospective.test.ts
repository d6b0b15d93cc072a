import { describe, expect, test } from 'vitest';
import { designInRetrospect } from '../../../src/fit/index.js';
import type { OrderComparison } from '../../../src/fit/index.js';
import type { Experiment } from '../../../src/trace/experiment.js';
import { TOY_BASIS } from '../toy-basis.js';
import { toyBenchmark, toyContextOf, toySimulate } from '../toy-benchmark.js';

const asTest = (experiment: Experiment): Experiment => ({ ...experiment, split: 'test' });

const INPUT = {
  basis: TOY_BASIS,
  contextOf: toyContextOf,
  simulate: toySimulate,
  experiments: [
    toyBenchmark('short', { layers: 10, gapsUs: [6000, 2500], promptTokens: 40 }),
    toyBenchmark('long', { layers: 10, gapsUs: [20_000], promptTokens: 400 }),
    toyBenchmark('deep', { layers: 30, gapsUs: [9000, 4000], promptTokens: 10 }),
    asTest(toyBenchmark('wanted', { layers: 20, gapsUs: [8000, 4000], promptTokens: 100 })),
    asTest(toyBenchmark('other', { layers: 5, gapsUs: [8000], promptTokens: 100 })),
  ],
};

describe('designInRetrospect', () => {
  const whole = designInRetrospect(INPUT, 20);
  const { cases, misfit } = whole;
  const all = Object.values(cases).flat();

  test('asks for the test split, for each of its models, and for each train model', () => {
    expect(cases.testSplit.map(({ targets }) => targets)).toEqual(['all']);
    expect(cases.testModels.map(({ targets }) => targets)).toEqual(['toy-20', 'toy-5']);
    expect(cases.trainModels.map(({ targets }) => targets)).toEqual(['toy-10', 'toy-30']);
    expect(cases.trainModels.map(({ orders }) => orders.I.toSorted())).toEqual([['deep'], ['long', 'short']]);
  });

  test('asks for drawn figures too, none of which is measured', () => {
    expect(cases.drawn.map(({ targets }) => targets)).toEqual(
      Array.from({ length: 20 }, (_, i) => `draw ${i + 1}`),
    );
    const priors = cases.drawn.map(({ priorErrorPct }) => priorErrorPct);
    expect(new Set([...priors, cases.testSplit[0]!.priorErrorPct]).size).toBe(21);
  });

  test('buys everything with the whole budget, whatever the order', () => {
    for (const { comparisons } of all) {
      const { recommendedPct, randomPct } = last(comparisons.inOrder);
      expect(last(comparisons.skipping)).toEqual(last(comparisons.inOrder));
      expect(recommendedPct.I).toBeCloseTo(randomPct.p10, 9);
      expect(randomPct.p90).toBeCloseTo(randomPct.p10, 9);
    }
  });

  test('starts from the priors and learns what they do not know', () => {
    for (const { priorErrorPct, comparisons } of cases.testSplit) {
      const { budgets } = comparisons.inOrder;
      expect(budgets[0]!.recommendedPct.I).toBeCloseTo(priorErrorPct, 9);
      expect(budgets.at(-1)!.recommendedPct.I).toBeLessThan(priorErrorPct / 3);
    }
  });

  test('skipping buys no less than stopping at the first run that does not fit', () => {
    for (const { comparisons } of cases.testSplit)
      expect(comparisons.skipping.meanPct.random).toBeLessThan(comparisons.inOrder.meanPct.random);
  });

  test('is the same every time, whatever the experiments of the other split measured', () => {
    expect(designInRetrospect(INPUT, 20)).toEqual(whole);
    const experiments = INPUT.experiments.map((each) =>
      each.split === 'test' ? { ...each, measured: doubled(each.measured) } : each,
    );
    const other = designInRetrospect({ ...INPUT, experiments }, 20);
    expect(other.cases.testSplit[0]!.orders).toEqual(cases.testSplit[0]!.orders);
    expect(other.misfit).toEqual(misfit);
    expect(other.cases.testSplit[0]!.priorErrorPct).not.toBe(cases.testSplit[0]!.priorErrorPct);
  });

  test('refuses a suite without a test split', () => {
    const experiments = INPUT.experiments.filter(({ split }) => split === 'train');
    expect(() => designInRetrospect({ ...INPUT, experiments }, 20)).toThrow(
      expect.objectContaining({ code: 'FIT_INVALID' }),
    );
  });
});

const last = ({ budgets }: OrderComparison) => budgets.at(-1)!;

const doubled = (measured: Experiment['measured']): Experiment['measured'] =>
  measured.map(({ stage, metrics }) => ({
    stage,
    metrics: { ...metrics, itlMeanMs: 2 * metrics.itlMeanMs! },
  }));
