import type { ErrorSummary } from '../stats/relative-error.js';
import type { CoefficientCovariance } from '../coefficients/uncertainty.js';
import type { LargestBatch } from '../trace/largest-batch.js';
import type { Diagnostic } from '../trace/trace.js';
import type { GroupDrops, RowKind } from './fit-rows.js';
import type { GroupInfluence } from './group-resampling.js';
import type { Prior } from './fit-terms.js';
import type { ResolvedSolveOptions } from './solve-fit.js';

/** Which kind of measurement a fit started from. */
export type FitRoute = 'steps' | 'requests' | 'benchmarks';

/** Who decided a coefficient: `fixed` ones were not up for decision. */
export type DeterminedBy = 'data' | 'data and prior' | 'prior' | 'fixed';

export interface FittedCoefficient {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** At the residual noise of the fit (`noiseRatio`), bounds ignored; 0 for fixed terms. */
  readonly stdError: number;
  /** From resampling whole runs; absent for fixed terms and fits of fewer than three runs. */
  readonly resampledStdError?: number;
  readonly prior: Prior;
  /** 1 − posterior/prior variance at the noise assumed by the fit (`priorNoiseRatio`): 0 only the prior, 1 only the data. */
  readonly dataShareRatio: number;
  /** The data ask for less than 0. */
  readonly atBound: boolean;
  readonly method: 'fitted' | 'assumed';
  readonly determinedBy: DeterminedBy;
  /** The same for people, with the terms it cannot be told apart from. */
  readonly note: string;
}

/** Two coefficients of which the data fix one combination better than either. */
export interface CorrelatedPair {
  readonly terms: readonly [string, string];
  /** −1 … 1: negative when only their sum is well determined. */
  readonly correlation: number;
}

/** Errors of one kind of observation of one group. */
export interface GroupErrors {
  /** Run or experiment id, or `all`. */
  readonly group: string;
  /** A row kind or a metric name. */
  readonly kind: string;
  readonly errors: ErrorSummary;
}

/** How one row came out. */
export interface RowResidual {
  readonly group: string;
  readonly kind: RowKind;
  readonly observedUs: number;
  /** Signed, positive when the prediction is too large; on the frozen timeline of the last pass. */
  readonly errorPct: number;
  readonly weight: number;
  /** 1, or less for a row whose error is beyond `huberRatio`: its weight was multiplied by this. */
  readonly robustness: number;
}

/** One pass of a fit through the simulator. */
export interface FitIteration {
  readonly iteration: number;
  /** Largest relative change of any row's prediction by this pass's step. */
  readonly largestChangeRatio: number;
  /** Coefficients after the pass, by name. */
  readonly coefficients: Readonly<Record<string, number>>;
}

/** Rows of one run or experiment. */
export interface GroupRows extends GroupDrops {
  readonly rowsUsed: number;
}

/** A finished fit. */
export interface FitResult {
  readonly basis: string;
  readonly route: FitRoute;
  /** Step terms in basis order, then request terms. */
  readonly coefficients: readonly FittedCoefficient[];
  readonly correlatedPairs: readonly CorrelatedPair[];
  /** Of the rows with unit columns, without the prior; see `Posterior`. */
  readonly conditionNumber: number;
  /** How much each run pulls on each coefficient; absent for fits of fewer than three runs. */
  readonly influences?: readonly GroupInfluence[];
  /** Of the free coefficients, at the residual noise of the fit. */
  readonly covariance: CoefficientCovariance;
  /** Estimated relative error of a row of weight 1. */
  readonly noiseRatio: number;
  readonly kktViolation: number;
  readonly options: ResolvedSolveOptions;
  readonly groupsUsed: readonly string[];
  readonly groupsHeldOut: readonly string[];
  readonly rowsUsed: number;
  readonly rowsByGroup: readonly GroupRows[];
  /** In any step of the runs that were fitted. */
  readonly largestBatch: LargestBatch;
  /** Every row, in the order of experiments and stages; only for fits of benchmarks, whose rows are few. */
  readonly residuals?: readonly RowResidual[];
  readonly diagnostics: readonly Diagnostic[];
  /** Errors on what was fitted, per kind over all groups and per group. */
  readonly trainErrors: readonly GroupErrors[];
  /** Errors on what was held out; empty when nothing was. */
  readonly heldOutErrors: readonly GroupErrors[];
  /** Passes through the simulator; empty for routes without one. */
  readonly iterations: readonly FitIteration[];
}

/** Coefficient values by name, as `priceWith` takes them. */
export const fittedValues = (result: Pick<FitResult, 'coefficients'>): Readonly<Record<string, number>> =>
  Object.fromEntries(result.coefficients.map(({ name, value }) => [name, value]));
