/** How a number was obtained: regressed on served runs, measured on the bare operator, stated by a vendor, or assumed. */
export type Method = 'fitted' | 'measured' | 'vendor' | 'assumed';

/** Where the constants of one kernel family come from. */
export interface KernelProvenance {
  readonly method: Method;
  readonly source: string;
  readonly notes: string;
}

/**
 * A matrix product's two limits, how they blend, and what comes on top:
 * `[(memoryFloorUs + memoryFactor·bytes/BW)^s + (computeFloorUs + computeFactor·flop/F)^s]^(1/s)
 *  + usPerThousandDepth·k/10³ + usPerMillionActivations·m·k/10⁶`, s = sharpness.
 */
export interface GemmConstants {
  readonly memoryFloorUs: number;
  /** 1 = the data sheet's bandwidth is reached. */
  readonly memoryFactor: number;
  readonly computeFloorUs: number;
  /** 1 = the data sheet's peak is reached. */
  readonly computeFactor: number;
  readonly sharpness: number;
  /** Serial pass of every tile over the inner dimension k; absent = 0. */
  readonly usPerThousandDepth?: number;
  /** Quantising the m·k activations before the product; absent = 0. */
  readonly usPerMillionActivations?: number;
}

/** Reading the KV cache in one layer. */
export interface DecodeAttentionConstants {
  readonly floorUs: number;
  readonly memoryFactor: number;
  /** Per 1000 tokens of mean decode context. */
  readonly usPerThousandContextTokens: number;
  /** Per decode request, whatever its context; absent = 0. */
  readonly usPerRequest?: number;
  /** Per decode request and KV head of the rank (one tile of work each), whatever the context; absent = 0. */
  readonly usPerRequestKvHead?: number;
}

/** Causal attention over prefill chunks in one layer; the launch is part of decode attention's floor (one call for both). */
interface PrefillAttentionConstants {
  /** 1 = the data sheet's peak is reached on the unmasked half. */
  readonly computeFactor: number;
  /** On the traffic of queries, keys, values and outputs; 1 = the data sheet's bandwidth is reached. */
  readonly memoryFactor: number;
}

/** Measured all-reduce times, interpolated linearly between message sizes in elements (not bytes). */
export interface AllReduceKnots {
  /** Ascending. */
  readonly elements: readonly number[];
  /** Same length, non-decreasing. */
  readonly us: readonly number[];
}

/** A mixture-of-experts layer whose fused kernel was swept at this shape. */
export interface MoeShape {
  readonly precision: 'bf16' | 'fp8';
  readonly hiddenSize: number;
  /** Unsharded width of one expert. */
  readonly expertFfnSize: number;
  readonly experts: number;
  readonly expertsPerToken: number;
  readonly tensorParallelSize: number;
  /** Time with every expert active and few tokens. */
  readonly fullUs: number;
  readonly usPerToken: number;
  readonly at1024TokensUs: number;
  /** Times above 256 tokens, interpolated linearly; absent = one line from 256 tokens through `at1024TokensUs`. */
  readonly largeTokens?: TokenKnots;
}

/** Times at measured token counts; both ascending, the same length. */
interface TokenKnots {
  readonly tokens: readonly number[];
  readonly us: readonly number[];
}

/** A mixture-of-experts layer of any shape: launches, active experts' weights, activations. */
export interface MoeFallback {
  readonly launchUs: number;
  readonly memoryFactor: number;
  /** Per million elements of tokens · hidden size · 2. */
  readonly usPerMillionActivationBytes: number;
  /** On the routed arithmetic; 1 = the data sheet's peak is reached; absent = 0. */
  readonly computeFactor?: number;
}

/** Operator times of one GPU, from kernel sweeps. Shipped ones are in `coefficients/kernels`. */
export interface KernelConstants {
  readonly gpu: string;
  readonly gemm: {
    readonly bf16: GemmConstants;
    /** Absent on GPUs without FP8 tensor cores, where FP8 weights run through the 16-bit kernel. */
    readonly fp8?: GemmConstants;
    readonly provenance: KernelProvenance;
  };
  readonly decodeAttention: DecodeAttentionConstants & { readonly provenance: KernelProvenance };
  /** Absent = the data sheet's peak is reached and traffic is free. */
  readonly prefillAttention?: PrefillAttentionConstants & { readonly provenance: KernelProvenance };
  readonly allReduce: {
    /** Keyed by tensor-parallel size. */
    readonly knots: Readonly<Record<string, AllReduceKnots>>;
    readonly provenance: KernelProvenance;
  };
  readonly moe: {
    /** Time of a layer with no expert active: routing tables, launches. */
    readonly launchUs: number;
    readonly shapes: readonly MoeShape[];
    readonly fallback: MoeFallback;
    /** For FP8 experts; absent = `fallback` with their smaller weights. */
    readonly fp8Fallback?: MoeFallback;
    readonly provenance: KernelProvenance;
  };
  readonly sampler: {
    /** Relative to the H100. */
    readonly scale: number;
    readonly provenance: KernelProvenance;
  };
}
