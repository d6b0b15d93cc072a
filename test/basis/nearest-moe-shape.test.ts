import { describe, expect, it } from 'vitest';
import type { MoeShape } from '../../src/basis/kernel-constants.js';
import { nearestMoeShape, scaledMoeShape } from '../../src/basis/op-roofline/nearest-moe-shape.js';
import { KERNELS } from './contexts.js';

const FEW: MoeShape = {
  precision: 'bf16',
  hiddenSize: 1024,
  expertFfnSize: 512,
  experts: 8,
  expertsPerToken: 2,
  tensorParallelSize: 1,
  fullUs: 110,
  usPerToken: 0.5,
  at1024TokensUs: 310,
};
const MANY: MoeShape = { ...FEW, experts: 128, expertsPerToken: 8, fullUs: 900 };
const kernels = { ...KERNELS, moe: { ...KERNELS.moe, launchUs: 10, shapes: [MANY, FEW] } };

describe('nearestMoeShape', () => {
  it('finds the layer itself when it was swept', () => {
    expect(nearestMoeShape(FEW, kernels)).toBe(FEW);
    expect(nearestMoeShape(MANY, kernels)).toBe(MANY);
  });

  it('compares expert counts, expert sizes on a rank and experts per token in octaves', () => {
    expect(nearestMoeShape({ ...FEW, experts: 16, expertsPerToken: 1 }, kernels)).toBe(FEW);
    expect(nearestMoeShape({ ...FEW, experts: 64, expertsPerToken: 6 }, kernels)).toBe(MANY);
  });

  it('never crosses precisions', () => {
    expect(nearestMoeShape({ ...FEW, precision: 'fp8' }, kernels)).toBeUndefined();
  });
});

describe('scaledMoeShape', () => {
  it('leaves a swept layer as it is', () => {
    expect(scaledMoeShape(FEW, FEW, 10)).toEqual(FEW);
  });

  it('scales time beyond the launch by all weights, time per token by the work of a token', () => {
    // twice the experts of half the size, one per token: the same weights, a quarter of the work
    const wanted = { ...FEW, experts: 16, expertFfnSize: 256, expertsPerToken: 1 };
    expect(scaledMoeShape(FEW, wanted, 10)).toEqual({
      ...wanted,
      fullUs: 110,
      usPerToken: 0.125,
      at1024TokensUs: 110 + 200 / 4,
    });
    // twice the experts: 10 + 2·(110 − 10)
    expect(scaledMoeShape(FEW, { ...FEW, experts: 16 }, 10).fullUs).toBe(210);
  });
});
