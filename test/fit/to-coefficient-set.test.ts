import { describe, expect, test } from 'vitest';
import { identifiability } from '../../src/coefficients/index.js';
import { renderCoefficientSet } from '../../src/coefficients/render-coefficient-set.js';
import { fitBenchmarks, toCoefficientSet, type FitResult, type SetProvenance } from '../../src/fit/index.js';
import { TOY_BASIS } from './toy-basis.js';
import { toyBenchmark, toyContextOf, toySimulate } from './toy-benchmark.js';

const PROVENANCE: SetProvenance = {
  name: 'toy-fit',
  toolVersion: '9.9.9',
  split: 'two toys',
  scope: { gpus: ['toy-gpu'] },
  sources: [{ name: 'toys.json', sha256: 'a'.repeat(64) }],
};
const fitOf = (huberRatio = 0.05): FitResult =>
  fitBenchmarks(
    {
      basis: TOY_BASIS,
      contextOf: toyContextOf,
      simulate: toySimulate,
      experiments: [
        toyBenchmark('a', { layers: 10, gapsUs: [6000], promptTokens: 40 }),
        toyBenchmark('b', { layers: 20, gapsUs: [100], promptTokens: 40, maxNumSeqs: 4 }),
        toyBenchmark('c', { layers: 20, gapsUs: [20_000], promptTokens: 90 }),
      ],
    },
    { heldOut: ['c'], huberRatio, maxIterations: 2 },
  );

describe('toCoefficientSet', () => {
  test('carries every term with its uncertainty, and what was used, held out and dropped', () => {
    const result = fitOf();
    const set = toCoefficientSet(result, PROVENANCE);
    expect(Object.keys(set.entries)).toEqual(['kernel', 'step', 'request', 'token', 'front', 'stream']);
    const fitted = result.coefficients.find(({ name }) => name === 'request')!;
    expect(set.entries['request']).toMatchObject({
      value: fitted.value,
      unit: 'µs/request',
      stdError: fitted.stdError,
      prior: { mean: 50, sd: 100 },
      method: 'fitted',
      scope: { gpus: ['toy-gpu'] },
      sources: [{ name: 'toys.json', sha256: 'a'.repeat(64), rowsUsed: 3, rowsDropped: 1 }],
    });
    expect(set.entries['kernel']).toMatchObject({ value: 1, method: 'assumed', sources: [] });
    expect(set.fit).toMatchObject({
      runs: ['a', 'b'],
      heldOut: ['c'],
      dropped: { FIT_STAGE_SATURATED: 1 },
      options: { route: 'benchmarks', priorNoiseRatio: 0.02, huberRatio: 0.05, iterations: 2 },
    });
    expect(Object.keys(set.fit!.trainErrors)).toContain('ttftMeanMsMedianApePct');
  });

  test('lists every file with what was used and dropped of the runs in it', () => {
    const files = [
      { name: 'a.yaml', sha256: 'b'.repeat(64), groups: ['a'] },
      { name: 'b.yaml', groups: ['b'] },
      { name: 'both.csv', groups: ['a', 'b'] },
    ];
    expect(toCoefficientSet(fitOf(), { ...PROVENANCE, files }).fit!.files).toEqual([
      { name: 'a.yaml', sha256: 'b'.repeat(64), rowsUsed: 2, dropped: {} },
      { name: 'b.yaml', rowsUsed: 1, dropped: { FIT_STAGE_SATURATED: 1 } },
      { name: 'both.csv', rowsUsed: 3, dropped: { FIT_STAGE_SATURATED: 1 } },
    ]);
  });

  test('keeps the covariance of its coefficients where nothing is known of unseen models', () => {
    const result = fitOf();
    const { covariance } = toCoefficientSet(result, PROVENANCE).fit!;
    expect(covariance!.terms).toEqual(['step', 'request', 'token', 'front']);
    const request = result.coefficients.find(({ name }) => name === 'request')!;
    expect(Math.sqrt(covariance!.values[1]![1]!)).toBeCloseTo(request.stdError, 9);
    expect(identifiability(toCoefficientSet(result, PROVENANCE))?.conditionNumber).toBeGreaterThanOrEqual(1);
    const uncertainty = {
      covariance: { terms: [], values: [] },
      stepTimeLogSd: 0,
      metricLogSd: {},
      models: 2,
      figures: 2,
      unseenCoverageRatio: 1,
    };
    expect(toCoefficientSet(result, PROVENANCE, uncertainty).fit).not.toHaveProperty('covariance');
  });

  test('is written with the same bytes every time, every number with a value', () => {
    const text = renderCoefficientSet(toCoefficientSet(fitOf(), PROVENANCE));
    expect(renderCoefficientSet(toCoefficientSet(fitOf(), PROVENANCE))).toBe(text);
    expect(text).not.toContain('null');
  });

  test('writes no infinity: a fit without re-weighting has no huberRatio', () => {
    expect(toCoefficientSet(fitOf(Infinity), PROVENANCE).fit!.options).not.toHaveProperty('huberRatio');
  });
});
