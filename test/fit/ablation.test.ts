import { expect, test } from 'vitest';
import { ablate, OFF, type AblationResult, type BenchmarkFitInput } from '../../src/fit/index.js';
import { PLANTED, TOY_BASIS } from './toy-basis.js';
import { toyBenchmark, toyContextOf, toySimulate } from './toy-benchmark.js';

const INPUT: BenchmarkFitInput = {
  basis: TOY_BASIS,
  contextOf: toyContextOf,
  simulate: toySimulate,
  experiments: [
    toyBenchmark('ten', { layers: 10, gapsUs: [6000, 2500], promptTokens: 40 }),
    toyBenchmark('twenty', { layers: 20, gapsUs: [40_000], promptTokens: 200 }),
    toyBenchmark('thirty', { layers: 30, gapsUs: [9000, 4000], promptTokens: 10 }),
  ],
};

const e2e = (result: AblationResult, of: 'fitted' | 'unseen'): number =>
  result[of].find(({ kind }) => kind === 'e2eMeanMs')!.errors.mapePct;

test('a term that the runs were made with is missed when it is taken out', () => {
  const whole = ablate({ name: 'everything', input: INPUT }, PLANTED);
  const without = ablate({ name: 'without step', input: INPUT, priors: { step: OFF } }, PLANTED);
  expect(whole.name).toBe('everything');
  expect(e2e(whole, 'unseen')).toBeLessThan(1);
  expect(e2e(without, 'unseen')).toBeGreaterThan(e2e(whole, 'unseen') + 1);
  expect(e2e(without, 'fitted')).toBeGreaterThan(e2e(whole, 'fitted'));
  expect(without.unseen.every(({ group }) => group === 'all')).toBe(true);
});
