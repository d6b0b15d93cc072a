import type { BatchShape } from '../../trace/batch-shape.js';
import type { BasisContext, BasisTerm } from '../basis-set.js';
import type { KernelConstants } from '../kernel-constants.js';

/** What the terms of `op-roofline` are bound to: the operator times are present. */
export interface OpContext extends BasisContext {
  readonly kernels: KernelConstants;
}

/**
 * The value of a term for a batch: the sum of the parts that are there. Parts that depend on one count only are
 * tabulated, so they may be slow; all are pure.
 */
export interface TermParts {
  readonly constant?: number;
  /** By the tokens of the batch, > 0. */
  readonly byTokens?: (tokens: number) => number;
  /** By the requests of the batch, > 0. */
  readonly byRequests?: (requests: number) => number;
  /** Anything else; called for every batch, allocates nothing. */
  readonly byBatch?: (batch: Readonly<BatchShape>) => number;
}

/** A term and how it is bound to a model, GPU and server. */
export interface OpTerm extends BasisTerm {
  bind(context: OpContext): TermParts;
}

/** Prior of a term whose operator was measured: multiplier exactly 1. */
export const MEASURED = { mean: 1, sd: 0 } as const;
