import { beforeAll, describe, expect, it } from 'vitest';
import { sweptMoeUs, unsweptMoeUs } from '../../../src/basis/op-roofline/moe.js';
import { kernelFileSchema } from '../../../src/coefficients/kernel-file.js';
import {
  fitKernels,
  renderKernelFile,
  toKernelConstants,
  type KernelFitResult,
} from '../../../src/fit/kernels/index.js';
import type { OperatorFit } from '../../../src/fit/kernels/kernel-fit-result.js';
import { DEFAULT_SERVER } from '../../../src/trace/server-config.js';
import { TINY_MOE } from '../../basis/contexts.js';
import { refusal } from '../../refusal.js';
import { GPU, PLANTED, plantedSweep, product, rowsOf, scaled } from './planted-sweep.js';

const value = (fit: OperatorFit | undefined, name: string): number | undefined =>
  fit?.parameters.find((parameter) => parameter.name === name)?.value;

const countOf = (fit: Pick<OperatorFit, 'dropped'>, reason: RegExp): number =>
  fit.dropped.filter((dropped) => reason.test(dropped.reason)).reduce((sum, { count }) => sum + count, 0);

const total = ({ rowsUsed, dropped }: Pick<OperatorFit, 'rowsUsed' | 'dropped'>): number =>
  rowsUsed + dropped.reduce((sum, { count }) => sum + count, 0);

describe('a sweep made from known constants', () => {
  const sweep = plantedSweep();
  let result: KernelFitResult;
  beforeAll(() => {
    result = fitKernels(sweep, GPU);
  });

  it('gives back the matrix products of both precisions, with the form that made them', () => {
    for (const [name, planted] of Object.entries(PLANTED.gemm.bf16)) {
      expect(value(result.gemmBf16, name), name).toBeCloseTo(planted, 2);
    }
    for (const [name, planted] of Object.entries(PLANTED.gemm.fp8 ?? {})) {
      expect(value(result.gemmFp8, name), name).toBeCloseTo(planted, 2);
    }
    expect(result.gemmBf16.forms.find(({ chosen }) => chosen)?.form).toBe('two limits + depth');
    expect(result.gemmFp8?.forms.find(({ chosen }) => chosen)?.form).toBe('two limits + activations');
  });

  it('gives back attention', () => {
    expect(value(result.decodeAttention, 'floorUs')).toBeCloseTo(11, 2);
    expect(value(result.decodeAttention, 'memoryFactor')).toBeCloseTo(1.25, 3);
    expect(value(result.decodeAttention, 'usPerRequest')).toBeCloseTo(0.06, 3);
    expect(value(result.prefillAttention, 'floorUs')).toBeCloseTo(9, 2);
    expect(value(result.prefillAttention, 'computeFactor')).toBeCloseTo(1.6, 2);
    expect(value(result.prefillAttention, 'memoryFactor')).toBeCloseTo(2.5, 2);
  });

  it('gives back the rule for experts, the sampler and the all-reduces', () => {
    const fallback = result.moe?.fallbacks[0].fit;
    expect(value(fallback, 'launchUs')).toBeCloseTo(20, 1);
    expect(value(fallback, 'memoryFactor')).toBeCloseTo(1.15, 3);
    expect(value(fallback, 'computeFactor')).toBeCloseTo(2, 2);
    expect(result.sampler?.scale).toBeCloseTo(1.4, 6);
    const four = result.allReduce?.knots['4'];
    expect(four?.us[0]).toBeCloseTo((5 + 4096 / 1e5) * 1.3 ** 2, 6);
    expect(four?.elements).toEqual(Array.from({ length: 14 }, (_, i) => 2 ** (12 + i)));
  });

  it('has no error left, on held-out shapes either', () => {
    const fits = [result.gemmBf16, result.gemmFp8, result.decodeAttention, result.prefillAttention];
    for (const fit of fits) expect(fit?.heldOut.mapePct).toBeLessThan(0.05);
    expect(result.allReduce?.heldOut?.mapePct).toBeLessThan(1e-6);
  });

  it('accounts for every row: used or dropped for a stated reason', () => {
    expect(total(result.gemmBf16)).toBe(sweep.gemm.count);
    expect(total(result.gemmFp8!)).toBe(sweep.gemm.count);
    expect(total(result.decodeAttention)).toBe(sweep.generationAttention.count);
    expect(total(result.prefillAttention!)).toBe(sweep.contextAttention.count);
    expect(total(result.moe!)).toBe(sweep.moe.count);
    expect(total(result.allReduce!)).toBe(sweep.allReduce.count);
    expect(countOf(result.allReduce!, /graph/u)).toBe(sweep.allReduce.count / 2);
  });

  it('becomes a kernel file that reads back to the same constants and prices as planted', () => {
    const constants = toKernelConstants(result, 'planted');
    const { formatVersion, ...read } = kernelFileSchema.parse(JSON.parse(renderKernelFile(constants)));
    expect(formatVersion).toBe(1);
    expect(read).toEqual(constants);
    const shape = constants.moe.shapes.find(
      ({ experts, tensorParallelSize: tp }) => experts === 8 && tp === 2,
    )!;
    // 1024 tokens are a knot: 20 launch + 1.15·(8 experts' 2·3·4096·14336/2 bytes) + 2·(2·2048 slots' flop)
    const weights = (3 * 4096 * 14_336) / 2;
    const at1024 = 20 + (1.15 * 2 * weights * 8) / 1e6 + (2 * 2 * 2048 * weights) / 1e9;
    expect(sweptMoeUs(1024, shape, constants.moe.launchUs) / at1024).toBeCloseTo(1, 3);
  });

  it('rounds to four digits, so equal sweeps give equal bytes', () => {
    const text = renderKernelFile(toKernelConstants(result, 'planted'));
    expect(renderKernelFile(toKernelConstants(fitKernels(plantedSweep(), GPU), 'planted'))).toBe(text);
    const numbers = text.match(/\d+\.\d+/gu) ?? [];
    expect(numbers.length).toBeGreaterThan(20);
    for (const number of numbers.filter((digits) => !text.includes(`${digits} %`))) {
      expect(number.replace('.', '').replace(/^0+/u, '').length, number).toBeLessThanOrEqual(4);
    }
  });

  it('scales: a GPU twice as slow at everything has twice the floors and factors', () => {
    const slow = fitKernels({ ...sweep, gemm: scaled(sweep.gemm, () => 2) }, GPU);
    for (const name of ['memoryFloorUs', 'memoryFactor', 'computeFactor', 'usPerThousandDepth']) {
      expect(value(slow.gemmBf16, name)! / value(result.gemmBf16, name)!, name).toBeCloseTo(2, 2);
    }
    expect(value(slow.gemmBf16, 'sharpness')).toBeCloseTo(3, 2);
  });

  it('comes through ±10 % of kernel choice per shape: clear terms stay, unclear ones go, errors are honest', () => {
    const { n, k } = sweep.gemm.numbers;
    // one draw of a uniform distribution per shape, from a hash of it
    const draw = (row: number): number =>
      (Math.imul(n[row]! / 1024 + 31 * (k[row]! / 1024), 0x9e3779b1) >>> 0) / 2 ** 32;
    const noisy = fitKernels({ ...sweep, gemm: scaled(sweep.gemm, (row) => 0.9 + 0.2 * draw(row)) }, GPU);
    const { gemmBf16, gemmFp8 } = noisy;
    expect(gemmBf16.forms.find(({ chosen }) => chosen)?.form).toBe('two limits');
    expect(gemmFp8?.forms.find(({ chosen }) => chosen)?.form).toBe('two limits + activations');
    expect(gemmFp8?.heldOut.medianApePct).toBeGreaterThan(2);
    expect(gemmFp8?.heldOut.medianApePct).toBeLessThan(10);
    expect(gemmFp8?.heldOut.mapePct).toBeGreaterThan(gemmFp8!.fitted.mapePct);
    for (const { name, value: fitted, standardError } of gemmFp8!.parameters) {
      const planted = new Map<string, number>(Object.entries(PLANTED.gemm.fp8!)).get(name)!;
      expect(standardError, name).toBeGreaterThan(0);
      expect(Math.abs(fitted - planted) / standardError, name).toBeLessThan(5);
    }
  });

  it('is not moved much by a few wild rows', () => {
    const wild = { ...sweep, gemm: scaled(sweep.gemm, (row) => (row % 40 === 0 ? 4 : 1)) };
    const robust = fitKernels(wild, GPU);
    expect(value(robust.gemmBf16, 'memoryFactor')! / 1.2).toBeCloseTo(1, 1);
    expect(value(robust.gemmBf16, 'computeFactor')! / 1.3).toBeCloseTo(1, 1);
  });
});

describe('what a sweep lacks', () => {
  const sweep = plantedSweep();
  const none = rowsOf(['m', 'n', 'k'], ['dtype', 'release'], [], () => 1);

  it('is an error for 16-bit products and decode attention', () => {
    const error = refusal(() => fitKernels({ ...sweep, gemm: none }, GPU));
    expect(error.code).toBe('FIT_INVALID');
    expect(error.message).toContain('16-bit matrix product');
    const generationAttention = { ...sweep.generationAttention, count: 0 };
    expect(refusal(() => fitKernels({ ...sweep, generationAttention }, GPU)).message).toContain(
      'decode attention',
    );
  });

  it('is left out, and assumed in the constants with that said, for the rest', () => {
    const bare = {
      ...sweep,
      moe: { ...sweep.moe, count: 0 },
      allReduce: { ...sweep.allReduce, count: 0 },
      sampler: { ...sweep.sampler, count: 0 },
    };
    const result = fitKernels(bare, GPU);
    expect([result.moe, result.allReduce, result.sampler]).toEqual([undefined, undefined, undefined]);
    const { moe, allReduce, sampler } = toKernelConstants(result, 'planted');
    expect(moe.shapes).toEqual([]);
    expect(allReduce.knots).toEqual({});
    expect([moe, allReduce, sampler].map(({ provenance }) => provenance.method)).toEqual([
      'assumed',
      'assumed',
      'assumed',
    ]);
  });

  it('is an error when a family has a single shape: there is none to check the fit on', () => {
    const one = product({
      m: [1, 16, 256, 4096],
      n: [4096],
      k: [4096],
      dtype: ['bfloat16'],
      release: ['0.14'],
    });
    const gemm = rowsOf(['m', 'n', 'k'], ['dtype', 'release'], one, () => 50);
    expect(refusal(() => fitKernels({ ...sweep, gemm }, GPU)).code).toBe('FIT_INVALID');
  });

  it('gives no FP8 constants for a GPU without such arithmetic', () => {
    const { fp8FlopPerUs: _fp8, ...gpu } = GPU;
    expect(fitKernels(sweep, gpu).gemmFp8).toBeUndefined();
  });
});

describe('the rule for experts without a sweep', () => {
  it('prices a shape that was left out of its sweep', () => {
    const sweep = plantedSweep();
    const constants = toKernelConstants(fitKernels(sweep, GPU), 'planted');
    const context = {
      arch: { ...TINY_MOE, hiddenSize: 5120 },
      gpu: GPU,
      server: { ...DEFAULT_SERVER, tensorParallelSize: 2 },
      kernels: constants,
    };
    const moe = { layers: 1, experts: 16, expertsPerToken: 1, expertFfnSize: 8192, sharedExpertFfnSize: 0 };
    // at 8192 tokens every one of the 16 experts is active whatever the routing
    const us = unsweptMoeUs(8192, moe, context);
    const weights = (3 * 5120 * 8192) / 2;
    expect(us / (20 + (1.15 * 2 * 16 * weights) / 1e6 + (2 * 2 * 8192 * weights) / 1e9)).toBeCloseTo(1, 2);
  });
});
