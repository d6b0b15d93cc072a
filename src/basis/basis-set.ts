import type { BatchShape } from '../trace/batch-shape.js';
import type { GpuSpec } from '../trace/gpu-spec.js';
import type { ModelArch } from '../trace/model-arch.js';
import type { ServerConfig } from '../trace/server-config.js';

/** What a step's price depends on besides its batch. */
export interface BasisContext {
  readonly arch: ModelArch;
  readonly gpu: GpuSpec;
  readonly server: ServerConfig;
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

/** A basis bound to one model, GPU and server: prices batches term by term. */
export interface CompiledBasis {
  /** Writes one value per term into `out` (length = terms); allocates nothing. */
  evaluate(batch: Readonly<BatchShape>, out: Float64Array): void;
}

/** A named family of terms. `step time = Σ coefficient · term(batch)`. */
export interface BasisSet {
  readonly name: string;
  readonly terms: readonly BasisTerm[];
  /** Front-end terms in ms or µs per request, priced outside the step (TTFT only). */
  readonly requestTerms: readonly BasisTerm[];
  compile(context: BasisContext): CompiledBasis;
}
