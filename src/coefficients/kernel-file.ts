import * as z from 'zod';
import type { KernelConstants } from '../basis/kernel-constants.js';

const amount = z.number().nonnegative();
const count = z.int().positive();

const provenance = z.strictObject({
  method: z.enum(['fitted', 'measured', 'vendor', 'assumed']),
  source: z.string().min(1),
  notes: z.string().min(1),
});

const gemm = z.strictObject({
  memoryFloorUs: amount,
  memoryFactor: z.number().positive(),
  computeFloorUs: amount,
  computeFactor: z.number().positive(),
  sharpness: z.number().min(1),
  usPerThousandDepth: z.exactOptional(amount),
  usPerMillionActivations: z.exactOptional(amount),
});

const ascends = (values: readonly number[], strictly: boolean): boolean =>
  values.every((value, i) => {
    const before = values[i - 1];
    return before === undefined || (strictly ? value > before : value >= before);
  });

const knots = z
  .strictObject({ elements: z.array(count).min(2), us: z.array(amount).min(2) })
  .refine((k) => k.elements.length === k.us.length, 'elements and us differ in length')
  .refine((k) => ascends(k.elements, true), 'elements do not ascend')
  .refine((k) => ascends(k.us, false), 'a larger message is cheaper');

const tokenKnots = z
  .strictObject({ tokens: z.array(count).min(1), us: z.array(amount).min(1) })
  .refine((k) => k.tokens.length === k.us.length, 'tokens and us differ in length')
  .refine((k) => ascends(k.tokens, true), 'tokens do not ascend')
  .refine((k) => ascends(k.us, false), 'more tokens are cheaper');

const moeShape = z.strictObject({
  precision: z.enum(['bf16', 'fp8']),
  hiddenSize: count,
  expertFfnSize: count,
  experts: count,
  expertsPerToken: count,
  tensorParallelSize: count,
  fullUs: amount,
  usPerToken: amount,
  at1024TokensUs: amount,
  largeTokens: z.exactOptional(tokenKnots),
});

const moeFallback = z.strictObject({
  launchUs: amount,
  memoryFactor: amount,
  usPerMillionActivationBytes: amount,
  computeFactor: z.exactOptional(amount),
});

/** `coefficients/kernels/*.json`: operator times of one GPU, each family with method, source and notes. */
export const kernelFileSchema = z.strictObject({
  formatVersion: z.literal(1),
  gpu: z.string().min(1),
  gemm: z.strictObject({ bf16: gemm, fp8: z.exactOptional(gemm), provenance }),
  decodeAttention: z.strictObject({
    floorUs: amount,
    memoryFactor: amount,
    usPerThousandContextTokens: amount,
    usPerRequest: z.exactOptional(amount),
    usPerRequestKvHead: z.exactOptional(amount),
    provenance,
  }),
  prefillAttention: z.exactOptional(
    z.strictObject({ computeFactor: amount, memoryFactor: amount, provenance }),
  ),
  allReduce: z.strictObject({ knots: z.record(z.string().regex(/^[1-9]\d*$/u), knots), provenance }),
  moe: z.strictObject({
    launchUs: amount,
    shapes: z.array(moeShape),
    fallback: moeFallback,
    fp8Fallback: z.exactOptional(moeFallback),
    provenance,
  }),
  sampler: z.strictObject({ scale: amount, provenance }),
});

/** The constants alone, as a basis takes them. */
export function kernelConstants(file: z.infer<typeof kernelFileSchema>): KernelConstants {
  const { formatVersion: _version, ...constants } = file;
  return constants;
}
