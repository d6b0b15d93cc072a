import type { BatchShape } from '../trace/batch-shape.js';
import type { GpuSpec } from '../trace/gpu-spec.js';
import type { ModelArch } from '../trace/model-arch.js';
import type { ServerConfig } from '../trace/server-config.js';
import type { FirstUse } from './first-use.js';
import type { KernelConstants } from './kernel-constants.js';

/** What a step's price depends on besides its batch. */
export interface BasisContext {
  readonly arch: ModelArch;
  readonly gpu: GpuSpec;
  readonly server: ServerConfig;
  /** Operator times of the GPU; needed by `op-roofline` only. */
  readonly kernels?: KernelConstants;
  /** The server compiles kernels when a batch first needs them; absent means that it was warmed up. */
  readonly coldStart?: boolean;
}

/** One named term of a step-time model: coefficient × value(batch) is a time in µs. */
export interface BasisTerm {
  readonly name: string;
  /** Unit of the coefficient, e.g. `ratio`, `µs/layer`, `µs/step`. */
  readonly unit: string;
  /** The term as a formula, with the symbols of `docs/glossary.md`. */
  readonly formula: string;
  readonly source: string;
  /** Gaussian prior of the coefficient; `sd` 0 fixes it at the mean. */
  readonly prior: { readonly mean: number; readonly sd: number };
}

/** A front-end cost of a request, outside the step. */
export interface RequestTerm extends BasisTerm {
  readonly unit: 'ms' | 'µs';
  /** Share spent before the request reaches the engine; the rest follows the step that makes the token. */
  readonly beforeRatio: number;
  /** Counted once for a request, or once for each of its output tokens. */
  readonly per: 'request' | 'outputToken';
}

/** A basis bound to one model, GPU and server: prices batches term by term. */
export interface CompiledBasis {
  /** Writes one value per term into `out` (length = terms); allocates nothing. */
  evaluate(batch: Readonly<BatchShape>, out: Float64Array): void;
  /**
   * The same for one data-parallel rank of a mixture of experts, in a step whose largest rank has so many tokens. Present when
   * the server has such ranks and the basis prices them; `evaluate` then takes all ranks to have as many tokens.
   */
  readonly evaluateRank?: (batch: Readonly<BatchShape>, largestTokens: number, out: Float64Array) => void;
  /** Set when, for a given number of decodes and nothing else, every term is affine in their summed context. */
  readonly affineInDecodeContext?: true;
  /** Set when the server compiles kernels at first use. */
  readonly firstUse?: FirstUse;
}

/** A named family of terms. `step time = Σ coefficient · term(batch)`. */
export interface BasisSet {
  readonly name: string;
  readonly terms: readonly BasisTerm[];
  /** Front-end terms, priced outside the step. */
  readonly requestTerms: readonly RequestTerm[];
  compile(context: BasisContext): CompiledBasis;
}
