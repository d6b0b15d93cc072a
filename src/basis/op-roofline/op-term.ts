import type { BatchShape } from '../../trace/batch-shape.js';
import type { BasisContext, BasisTerm } from '../basis-set.js';
import type { KernelConstants } from '../kernel-constants.js';

/** What the terms of `op-roofline` are bound to: the operator times are present. */
export interface OpContext extends BasisContext {
  readonly kernels: KernelConstants;
}

/** The value of one term for a batch; pure, allocates nothing. */
export type TermValue = (batch: Readonly<BatchShape>) => number;

/** A term and how it is bound to a model, GPU and server. */
export interface OpTerm extends BasisTerm {
  bind(context: OpContext): TermValue;
}

/** Prior of a term whose operator was measured: multiplier exactly 1. */
export const MEASURED = { mean: 1, sd: 0 } as const;
