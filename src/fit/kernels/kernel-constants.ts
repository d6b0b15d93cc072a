import type { KernelConstants, KernelProvenance, MoeFallback } from '../../basis/kernel-constants.js';
import type { AllReduceFit, KernelFitResult, MoeFit, OperatorFit } from './kernel-fit-result.js';
import {
  amount,
  decodeConstants,
  fallbackConstants,
  gemmConstants,
  rounded,
  shapeConstants,
} from './rounded-constants.js';

const pct = (value: number): string => `${value.toFixed(1)} %`;

const describe = (fit: OperatorFit): string =>
  `${fit.operator}: ${fit.rowsUsed} rows of ${fit.shapes} shapes; on held-out shapes median error ` +
  `${pct(fit.heldOut.medianApePct)}, mean ${pct(fit.heldOut.mapePct)}.`;

const measured = (
  source: string,
  table: string,
  release: string,
  notes: readonly string[],
): KernelProvenance => ({
  method: 'measured',
  source: `${source}: ${table}, release ${release}`,
  notes: notes.join(' '),
});

function gemmFamily({ gemmBf16, gemmFp8 }: KernelFitResult, source: string): KernelConstants['gemm'] {
  const fits = gemmFp8 === undefined ? [gemmBf16] : [gemmBf16, gemmFp8];
  return {
    bf16: gemmConstants(gemmBf16),
    ...(gemmFp8 === undefined ? {} : { fp8: gemmConstants(gemmFp8) }),
    provenance: measured(source, 'gemm_perf', gemmBf16.release, fits.map(describe)),
  };
}

function attentionFamilies(
  { decodeAttention: decode, prefillAttention: prefill }: KernelFitResult,
  source: string,
): Pick<KernelConstants, 'decodeAttention' | 'prefillAttention'> {
  const decodeProvenance = measured(source, 'generation_attention_perf', decode.release, [describe(decode)]);
  const decodeAttention = { ...decodeConstants(decode), provenance: decodeProvenance };
  if (prefill === undefined) return { decodeAttention };
  return {
    decodeAttention,
    prefillAttention: {
      computeFactor: amount(prefill, 'computeFactor'),
      memoryFactor: amount(prefill, 'memoryFactor'),
      provenance: measured(source, 'context_attention_perf', prefill.release, [describe(prefill)]),
    },
  };
}

function allReduceFamily(fit: AllReduceFit | undefined, source: string): KernelConstants['allReduce'] {
  if (fit === undefined) {
    const notes = 'The sweep has no all-reduce rows: tensor parallelism cannot be priced.';
    return { knots: {}, provenance: { method: 'assumed', source, notes } };
  }
  const { interpolated, heldOut } = fit;
  const error =
    heldOut === undefined ? 'unknown' : `${pct(heldOut.medianApePct)} (median, each size from the others)`;
  const notes = [
    'Keyed by elements, not bytes; in a CUDA graph. A message never costs more than a larger one: outliers are lowered.',
    ...(interpolated.length === 0
      ? []
      : [`Sizes ${interpolated.join(', ')} are interpolated in log2(size); error ${error}.`]),
  ];
  const knots = Object.fromEntries(
    Object.entries(fit.knots).map(([size, { elements, us }]) => [size, { elements, us: us.map(rounded) }]),
  );
  return { knots, provenance: measured(source, 'custom_allreduce_perf', fit.release, notes) };
}

/** Without a sweep: launches as on the H100, weights at the data sheet's bandwidth over 1.2. */
const ASSUMED_FALLBACK: MoeFallback = { launchUs: 25, memoryFactor: 1.2, usPerMillionActivationBytes: 17 };

function moeNotes(moe: MoeFit): string[] {
  const routing =
    moe.routing === 'balanced'
      ? 'Balanced routing.'
      : 'Power-law routing divided by what it costs over balanced routing where both are swept (1 to 1.08).';
  const between =
    moe.betweenKnots === undefined ? '' : `, ${pct(moe.betweenKnots.medianApePct)} between knots`;
  return [
    `${moe.shapes.length} tables from ${moe.rowsUsed} rows; median error ${pct(moe.fitted.medianApePct)} up to 256 tokens${between}.`,
    routing,
    ...(moe.fromNearestShape === undefined
      ? []
      : [
          `A shape left out is priced from the nearest other one with median error ${pct(moe.fromNearestShape.medianApePct)}.`,
        ]),
    ...moe.fallbacks.map(({ fit }) => describe(fit)),
  ];
}

function moeFamily(moe: MoeFit | undefined, source: string): KernelConstants['moe'] {
  if (moe === undefined) {
    const notes =
      'The sweep has no rows of fused experts: launches as on the H100, weights at 83 % of the bandwidth.';
    const provenance = { method: 'assumed', source, notes } as const;
    return { launchUs: ASSUMED_FALLBACK.launchUs, shapes: [], fallback: ASSUMED_FALLBACK, provenance };
  }
  const [main] = moe.fallbacks;
  const fp8 = moe.fallbacks.find(({ precision }) => precision === 'fp8');
  return {
    launchUs: amount(main.fit, 'launchUs'),
    shapes: moe.shapes.map(shapeConstants),
    fallback: fallbackConstants(main.fit),
    ...(fp8 === undefined ? {} : { fp8Fallback: fallbackConstants(fp8.fit) }),
    provenance: measured(source, 'moe_perf', moe.release, moeNotes(moe)),
  };
}

/** Sampling relative to the H100 where no sweep has it: the ratio of vector throughput; GPUs not listed count as 1. */
const ASSUMED_SAMPLER_SCALES: Readonly<Record<string, number>> = { 'A100-80GB': 1.5 };

function samplerFamily({ sampler, gpu }: KernelFitResult, source: string): KernelConstants['sampler'] {
  if (sampler !== undefined) {
    const notes = `${sampler.rowsUsed} rows; median error ${pct(sampler.fitted.medianApePct)}.`;
    return {
      scale: rounded(sampler.scale),
      provenance: measured(source, 'sampler_perf', sampler.release, [notes]),
    };
  }
  return {
    scale: ASSUMED_SAMPLER_SCALES[gpu] ?? 1,
    provenance: {
      method: 'assumed',
      source:
        'public vLLM sampler benchmarks on the H100: 1.07 ms at 64 x 131072, 2.1-2.4 ms at 128 x 131072 (sort path)',
      notes:
        'The sweep has no sampler rows: scaled by the ratio of vector throughput, for sorting is not bound by memory bandwidth.',
    },
  };
}

/**
 * The constants a basis takes, rounded to four significant digits.
 * @param source what the sweep is, as people should cite it, e.g. `ai-dynamo/aiconfigurator@095f58a (Apache-2.0)`
 */
export function toKernelConstants(result: KernelFitResult, source: string): KernelConstants {
  return {
    gpu: result.gpu,
    gemm: gemmFamily(result, source),
    ...attentionFamilies(result, source),
    allReduce: allReduceFamily(result.allReduce, source),
    moe: moeFamily(result.moe, source),
    sampler: samplerFamily(result, source),
  };
}
