import type { BasisContext, BasisSet } from '../../basis/index.js';
import type { CoefficientScope, PredictionUncertainty } from '../../coefficients/index.js';
import type { FitResult, PriorOverrides, SetProvenance } from '../../fit/index.js';

/** How to fit, whatever the route. */
export interface FitSettings {
  readonly basis: BasisSet;
  /** See `SolveOptions`. */
  readonly priorNoiseRatio?: number;
  readonly priors: PriorOverrides;
  /** Ids of runs that only score the fit. */
  readonly heldOut: readonly string[];
}

/** A fit and where its coefficients come from. */
export interface FittedRuns {
  readonly result: FitResult;
  readonly provenance: Pick<SetProvenance, 'split' | 'scope' | 'sources' | 'files'>;
  /** How far predictions of unseen models are off; of suites of several models. */
  readonly uncertainty?: PredictionUncertainty;
}

/** What was served in the runs of a fit: beyond it, the coefficients extrapolate. */
export function scopeOf(contexts: readonly BasisContext[]): CoefficientScope {
  const versions = distinct(contexts.map(({ server }) => server.engineVersion));
  return {
    ...(versions.length === 1 ? { engineVersion: versions[0]! } : {}),
    gpus: distinct(contexts.map(({ gpu }) => gpu.name)),
    models: distinct(contexts.map(({ arch }) => arch.name)),
    tensorParallelSizes: distinct(contexts.map(({ server }) => server.tensorParallelSize)),
  };
}

const distinct = <T extends string | number>(values: readonly T[]): T[] =>
  [...new Set(values)].toSorted((a, b) => (a < b ? -1 : 1));
