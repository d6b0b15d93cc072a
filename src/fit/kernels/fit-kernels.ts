import { TruelineError } from '../../errors.js';
import type { GpuSpec } from '../../trace/gpu-spec.js';
import type { KernelSweep, OperatorRows } from '../../trace/kernel-sweep.js';
import { fitAllReduce } from './all-reduce.js';
import { fitDecodeAttention } from './decode-attention.js';
import { fitGemm } from './gemm.js';
import type { KernelFitResult } from './kernel-fit-result.js';
import { fitMoe } from './moe.js';
import { fitPrefillAttention } from './prefill-attention.js';
import { fitSampler } from './sampler.js';
import { releaseFor } from './select-rows.js';

/** Release whose sweeps are wanted when the caller names none: that of the default server. */
const WANTED_RELEASE = '0.15';

/** What a microbenchmark cannot show, whatever its fit error. */
const LIMITS: readonly string[] = [
  'L2 residency: the sweep repeats one operator, serving streams every layer’s weights and KV cache in between; points that stay in L2 were left out, so small operators are extrapolated.',
  'CUDA graphs: operators are timed inside a graph; steps too large for one launch eagerly, at 20–40 µs per all-reduce.',
  'Routing: balanced routing is the fastest; real routing is skewed, so fewer experts are active at small batches and the busiest rank is later at large ones.',
  'FP8: rows include quantising the activations, which a compiled model may fuse into the kernel before.',
];

function required<T>(fit: T | undefined, operator: string, gpu: GpuSpec): T {
  if (fit !== undefined) return fit;
  throw new TruelineError('FIT_INVALID', `the sweep has no usable ${operator} row for ${gpu.name}`, {
    hint: 'A calibration needs at least 16-bit matrix products and decode attention; see docs/formats.md.',
  });
}

/**
 * Operator times of one GPU from its kernel sweep: relative residuals, soft-L1 loss, forms chosen and errors stated on shapes held
 * out whole. Every family uses the newest release not newer than `wantedRelease`, all-reduce the newest. Deterministic.
 * @throws FIT_INVALID when 16-bit matrix products or decode attention are missing, or a family has a single shape
 */
export function fitKernels(
  sweep: KernelSweep,
  gpu: GpuSpec,
  wantedRelease = WANTED_RELEASE,
): KernelFitResult {
  const releaseOf = (rows: OperatorRows<string, 'release'>): string =>
    releaseFor(rows, wantedRelease) ?? wantedRelease;
  const gemmRelease = releaseOf(sweep.gemm);
  const gemmBf16 = fitGemm(sweep.gemm, 'bf16', gpu, gemmRelease);
  const gemmFp8 = fitGemm(sweep.gemm, 'fp8', gpu, gemmRelease);
  const decode = fitDecodeAttention(sweep.generationAttention, gpu, releaseOf(sweep.generationAttention));
  const prefill = fitPrefillAttention(sweep.contextAttention, gpu, releaseOf(sweep.contextAttention));
  const moe = fitMoe(sweep.moe, gpu, releaseOf(sweep.moe));
  const allReduce = fitAllReduce(sweep.allReduce);
  const sampler = fitSampler(sweep.sampler, wantedRelease);
  return {
    gpu: gpu.name,
    device: sweep.device,
    tables: sweep.tables,
    gemmBf16: required(gemmBf16, '16-bit matrix product', gpu),
    ...(gemmFp8 === undefined ? {} : { gemmFp8 }),
    decodeAttention: required(decode, 'decode attention', gpu),
    ...(prefill === undefined ? {} : { prefillAttention: prefill }),
    ...(moe === undefined ? {} : { moe }),
    ...(allReduce === undefined ? {} : { allReduce }),
    ...(sampler === undefined ? {} : { sampler }),
    notes: LIMITS,
    diagnostics: sweep.diagnostics,
  };
}
