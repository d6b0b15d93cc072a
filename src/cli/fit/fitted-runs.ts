import type { BasisContext, BasisSet } from '../../basis/index.js';
import type { CoefficientSource } from '../../coefficients/index.js';
import type { FitResult } from '../../fit/index.js';

/** How to fit, whatever the route. */
export interface FitSettings {
  readonly basis: BasisSet;
  /** See `SolveOptions`. */
  readonly priorNoiseRatio?: number;
  /** Ids of runs that only score the fit. */
  readonly heldOut: readonly string[];
}

/** A fit and what its coefficients come from. */
export interface FittedRuns {
  readonly result: FitResult;
  /** What was served in the runs. */
  readonly contexts: readonly BasisContext[];
  /** What was fitted and what was kept back, in words. */
  readonly split: string;
  readonly sources: readonly CoefficientSource[];
}
