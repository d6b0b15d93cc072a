import type {
  AllReduceFit,
  KernelFitResult,
  MoeFit,
  OperatorFit,
} from '../../src/fit/kernels/kernel-fit-result.js';
import type { ErrorSummary } from '../../src/stats/relative-error.js';

const errors = (n: number, medianApePct: number): ErrorSummary => ({
  n,
  excluded: 0,
  mapePct: 1.4 * medianApePct,
  medianApePct,
  p90ApePct: 2.5 * medianApePct,
  mpePct: -0.1 * medianApePct,
});

const operator = (name: string, formula: string, bands: OperatorFit['bands'] = []): OperatorFit => ({
  operator: name,
  formula,
  release: '0.14',
  parameters: [
    { name: 'floorUs', unit: 'µs', value: 11.437, standardError: 0.213 },
    { name: 'memoryFactor', unit: 'ratio', value: 1.0794, standardError: 0.0068 },
    { name: 'usPerThousandDepth', unit: 'µs', value: 0, standardError: 0 },
  ],
  rowsUsed: 466,
  shapes: 27,
  dropped: [
    { reason: 'other release', count: 1203 },
    { reason: 'KV cache stays in L2 between repeats', count: 88 },
  ],
  fitted: errors(466, 2.5),
  heldOut: errors(466, 2.6),
  bands,
  forms: [
    { form: 'floor + bytes', parameters: 2, heldOut: errors(466, 5.9), chosen: false },
    { form: 'floor + bytes + depth', parameters: 3, heldOut: errors(466, 2.6), chosen: true },
  ],
});

const MOE: MoeFit = {
  release: '0.14',
  launchUs: 18.38,
  shapes: [
    {
      precision: 'bf16',
      hiddenSize: 4096,
      expertFfnSize: 14_336,
      experts: 8,
      expertsPerToken: 2,
      tensorParallelSize: 2,
      fullUs: 900,
      usPerToken: 0.4,
      at1024TokensUs: 1700,
    },
  ],
  fitted: errors(165, 4.2),
  betweenKnots: errors(156, 1.4),
  fromNearestShape: errors(42, 5.3),
  fallbacks: [{ precision: 'bf16', fit: operator('moe fallback bf16', 'f0 + f1·A·3·d·f·w/tp/BW') }],
  rowsUsed: 1046,
  dropped: [],
  routing: 'power law',
};

const ALL_REDUCE: AllReduceFit = {
  release: '0.19',
  knots: {
    '2': { elements: [4096, 8192], us: [5.2, 6.1] },
    '4': { elements: [4096, 8192], us: [5.9, 7.2] },
  },
  interpolated: [4],
  lowered: 3,
  rowsUsed: 2,
  dropped: [{ reason: 'not in a CUDA graph', count: 2 }],
};

/** A calibration of made-up figures: every part of a report once; no prefill attention. */
export const madeUpKernelFit = (): KernelFitResult => ({
  gpu: 'Demo',
  device: 'Demo GPU',
  tables: [
    { path: 'gemm.csv', sha256: '0123456789abcdef'.repeat(4), rows: 3514, versions: ['0.14.0', '0.14.1'] },
  ],
  gemmBf16: operator('gemm bf16', '[(g0 + g1·nkw/BW)^s]^(1/s)', [
    { name: 'm 1–4', errors: errors(120, 3.1) },
    { name: 'm 5–64', errors: errors(346, 2.2) },
  ]),
  decodeAttention: operator('decode attention', 'a0 + a1·S·κ/BW', [
    { name: 'not fitted: under 4 queries per KV head', errors: errors(219, 7.4) },
  ]),
  moe: MOE,
  allReduce: ALL_REDUCE,
  sampler: { release: '0.14', scale: 1.4, rowsUsed: 6, fitted: errors(6, 1.1) },
  notes: ['Operators are repeated; serving streams all layers in between.'],
  diagnostics: [
    { code: 'KERNEL_ROW_BAD', kind: 'dropped', count: 7, message: 'rows without a latency: gemm 7' },
  ],
});
