import type { Diagnostic } from './trace.js';

/**
 * Measured points of one operator family of one GPU, in ascending order of their keys. Columns are index-aligned: `numbers` and
 * `labels` are the key of a point, no two points share one.
 */
export interface OperatorRows<NumberKey extends string, LabelKey extends string> {
  readonly count: number;
  readonly numbers: Readonly<Record<NumberKey, Float64Array>>;
  readonly labels: Readonly<Record<LabelKey, readonly string[]>>;
  /** One call, one layer, one rank; the mean where the sweep repeats a point. */
  readonly us: Float64Array;
}

/** Every family labels its rows with the minor release they were measured on, e.g. `0.14`. */
type WithRelease<LabelKey extends string> = LabelKey | 'release';

/** `m` tokens × `k` in → `n` out, as one rank computes it. */
export type GemmRows = OperatorRows<'m' | 'n' | 'k', WithRelease<'dtype'>>;

type AttentionKey = 'batch' | 'queryHeads' | 'kvHeads' | 'headDim' | 'windowTokens';

/** Prefill of `batch` whole prompts; heads are those of one rank; window 0 = full attention. */
export type ContextAttentionRows = OperatorRows<AttentionKey | 'promptTokens', WithRelease<'kvDtype'>>;

/** One decode token for each of `batch` requests that have `contextTokens` in the cache. */
export type GenerationAttentionRows = OperatorRows<AttentionKey | 'contextTokens', WithRelease<'kvDtype'>>;

/** The fused experts of one rank, router and communication excluded. `expertFfnSize` is unsharded. */
export type MoeRows = OperatorRows<
  | 'tokens'
  | 'hiddenSize'
  | 'expertFfnSize'
  | 'experts'
  | 'expertsPerToken'
  | 'tensorParallelSize'
  | 'expertParallelSize',
  WithRelease<'dtype' | 'distribution' | 'kernel'>
>;

/** All-reduce of `elements` (not bytes) over `gpus` ranks. */
export type AllReduceRows = OperatorRows<'gpus' | 'elements', WithRelease<'dtype' | 'backend'>>;

/** Sampling one token for each of `batch` requests; `method` is `softmax` or `top_p`. */
export type SamplerRows = OperatorRows<'batch' | 'vocabSize', WithRelease<'method'>>;

/** One table a sweep was read from. */
export interface KernelTable {
  /** Relative to the folder that was read; the bare name when a file was read. */
  readonly path: string;
  readonly sha256: string;
  readonly rows: number;
  /** Serving-engine versions its rows name, e.g. `0.14.0`. */
  readonly versions: readonly string[];
}

/** Operator times of one GPU as measured, every family and release that was found. */
export interface KernelSweep {
  /** Device name as the driver reports it, e.g. `NVIDIA H100 80GB HBM3`. */
  readonly device: string;
  readonly gemm: GemmRows;
  readonly contextAttention: ContextAttentionRows;
  readonly generationAttention: GenerationAttentionRows;
  readonly moe: MoeRows;
  readonly allReduce: AllReduceRows;
  readonly sampler: SamplerRows;
  readonly tables: readonly KernelTable[];
  readonly diagnostics: readonly Diagnostic[];
}
