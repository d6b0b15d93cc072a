import { describe, expect, test } from 'vitest';
import {
  correctionFor,
  latencyModel,
  parseCoefficientSet,
  readCatalog,
  renderCoefficientSet,
  withCorrections,
  type ConfigurationCorrection,
  type CoefficientSet,
  type CorrectionScope,
} from '../../src/coefficients/index.js';
import { emptyBatch } from '../../src/trace/batch-shape.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';
import { refusal } from '../refusal.js';

const catalog = await readCatalog();
const GENERAL = catalog.coefficientSet('op-roofline');
const LLAMA = 'meta-llama/Llama-3.1-8B-Instruct';
const CONFIGURATION = { model: LLAMA, gpu: 'H100' };

const correction = (scope: CorrectionScope, stepScaleRatio = 1.1): ConfigurationCorrection => ({
  scope,
  stepScaleRatio,
  stepScaleLogSd: 0.01,
  frontScaleRatio: 0.5,
  frontScaleLogSd: 0.1,
  prior: { stepLogSd: 0.02, frontLogSd: 0.2 },
  experiments: ['a'],
  sources: [{ name: 'a.json', rowsUsed: 2, rowsDropped: 0 }],
});

const served = (model = LLAMA, tensorParallelSize = 1, engineVersion = '0.15.1') => {
  const [arch, gpu, kernels] = [catalog.model(model), catalog.gpu('H100'), catalog.kernels('H100')];
  return { arch, gpu, kernels, server: { ...DEFAULT_SERVER, tensorParallelSize, engineVersion } };
};

const corrected = (...corrections: readonly ConfigurationCorrection[]): CoefficientSet =>
  withCorrections(GENERAL, corrections);

describe('correctionFor', () => {
  const anywhere = correction(CONFIGURATION, 1.01);
  const version = correction({ ...CONFIGURATION, engineVersion: '0.15.1' }, 1.02);
  const parallel = correction({ ...CONFIGURATION, tensorParallelSize: 2 }, 1.03);
  const exact = correction({ ...CONFIGURATION, tensorParallelSize: 2, engineVersion: '0.15.1' }, 1.04);
  const set = corrected(anywhere, version, parallel, exact);

  test.each([
    ['any', served(LLAMA, 1, '0.14.0'), anywhere],
    ['engine version', served(LLAMA, 1), version],
    ['tensor parallelism before engine version', served(LLAMA, 2, '0.14.0'), parallel],
    ['both', served(LLAMA, 2), exact],
  ])('takes the narrowest scope: %s', (_, context, expected) => {
    expect(correctionFor(set, context)).toEqual(expected);
  });

  test('is nothing for another model, or a set without corrections', () => {
    expect(correctionFor(set, served('Qwen/Qwen3-14B'))).toBeUndefined();
    expect(correctionFor(GENERAL, served())).toBeUndefined();
  });
});

describe('latencyModel of a corrected set', () => {
  const set = corrected(correction(CONFIGURATION));
  const batch = { ...emptyBatch(), decodeRequests: 8, decodeContextTokens: 4000 };

  test('scales steps and front end of its configuration', () => {
    const [before, after] = [GENERAL, set].map((each) => latencyModel(each, served()));
    expect(after!.stepUs(batch)).toBeCloseTo(1.1 * before!.stepUs(batch), 9);
    expect(after!.frontBeforeUs + after!.frontAfterUs).toBeCloseTo(
      0.5 * (before!.frontBeforeUs + before!.frontAfterUs),
      9,
    );
  });

  test('leaves every other configuration as it was', () => {
    const [before, after] = [GENERAL, set].map((each) => latencyModel(each, served('Qwen/Qwen3-14B')));
    expect(after!.stepUs(batch)).toBe(before!.stepUs(batch));
    expect(after!.frontBeforeUs).toBe(before!.frontBeforeUs);
  });
});

describe('corrections in a file', () => {
  const other = correction({ ...CONFIGURATION, tensorParallelSize: 2 });

  test('read back to the same set, in one order', () => {
    const set = corrected(correction(CONFIGURATION), other);
    expect(parseCoefficientSet(renderCoefficientSet(set), 'set.json')).toEqual(set);
    expect(renderCoefficientSet(corrected(other, correction(CONFIGURATION)))).toBe(renderCoefficientSet(set));
  });

  test('a newer one replaces the one of its scope', () => {
    const set = withCorrections(corrected(correction(CONFIGURATION), other), [correction(CONFIGURATION, 0.9)]);
    expect(set.corrections!.map(({ stepScaleRatio }) => stepScaleRatio)).toEqual([0.9, 1.1]);
  });

  test('two of one scope, and a scale of 0, are refused', () => {
    const twice = { ...GENERAL, corrections: [other, other] };
    expect(refusal(() => parseCoefficientSet(renderCoefficientSet(twice), 'set.json')).code).toBe(
      'COEFFICIENTS_INVALID',
    );
    const zero = corrected(correction(CONFIGURATION, 0));
    expect(refusal(() => parseCoefficientSet(renderCoefficientSet(zero), 'set.json')).code).toBe(
      'COEFFICIENTS_INVALID',
    );
  });
});
