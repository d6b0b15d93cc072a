/**
 * Operator times from kernel sweeps. Read `fit-kernels.ts` first (what is fitted), then one file per family (`gemm`,
 * `decode-attention`, `prefill-attention`, `moe`, `all-reduce`, `sampler`), then how: `choose-form.ts`, `hold-out.ts`,
 * `fit-log-model.ts`.
 */
export { fitKernels } from './fit-kernels.js';
export { toKernelConstants } from './kernel-constants.js';
export { renderKernelFile } from './render-kernel-file.js';
export type * from './kernel-fit-result.js';
