import type { Method } from '../basis/kernel-constants.js';
import type { LargestBatch } from '../trace/largest-batch.js';
import type { CoefficientCovariance, CorrectionPrior, PredictionUncertainty } from './uncertainty.js';

/** Where an entry holds. An absent list means "any". */
export interface CoefficientScope {
  readonly engineVersion?: string;
  readonly gpus?: readonly string[];
  readonly models?: readonly string[];
  readonly tensorParallelSizes?: readonly number[];
}

/** A file or publication an entry was taken or fitted from. */
export interface CoefficientSource {
  readonly name: string;
  readonly sha256?: string;
  readonly rowsUsed: number;
  readonly rowsDropped: number;
}

/** One number of a step-time model with everything needed to trust or doubt it. */
export interface CoefficientEntry {
  readonly value: number;
  /** Unit of the term, e.g. `µs/layer`. */
  readonly unit: string;
  readonly stdError?: number;
  /** Standard deviation over refits to runs drawn with replacement; trusts no noise model. */
  readonly resampledStdError?: number;
  readonly prior?: { readonly mean: number; readonly sd: number };
  /** 1 − posterior variance ÷ prior variance: 0 = only the prior spoke, 1 = only the data. */
  readonly dataShareRatio?: number;
  /** The non-negativity bound stopped it at 0. */
  readonly atBound: boolean;
  readonly method: Method;
  readonly scope: CoefficientScope;
  readonly sources: readonly CoefficientSource[];
  readonly rationale: string;
}

/** A file of measurements and what a fit made of it. */
export interface FittedFile {
  /** Relative to the folder that was fitted. */
  readonly name: string;
  readonly sha256?: string;
  readonly rowsUsed: number;
  /** Observations that were not used, counted by the code of the reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** How the fitted entries of a set came about. */
export interface FitProvenance {
  readonly toolVersion: string;
  /** What was held out and what was trained on, e.g. `train split of public-suite, 15 experiments`. */
  readonly split: string;
  /** Ids of the runs or experiments that were fitted. */
  readonly runs?: readonly string[];
  /** Ids of those that only scored the fit. */
  readonly heldOut?: readonly string[];
  /** Observations that were not used, counted by the code of the reason. */
  readonly dropped?: Readonly<Record<string, number>>;
  /** Every file that was fitted; all fitted entries come from all of them. */
  readonly files?: readonly FittedFile[];
  /** Of the free coefficients; only where the set has no `uncertainty`, which has it otherwise. */
  readonly covariance?: CoefficientCovariance;
  readonly options: Readonly<Record<string, number | string | boolean>>;
  /** Largest batch in any step of the runs: beyond it, predictions extrapolate. */
  readonly largestBatch?: LargestBatch;
  /** Error figures on the training data by name, e.g. `e2eMapePct`. */
  readonly trainErrors: Readonly<Record<string, number>>;
}

/** The configurations a correction holds for. An absent field means "any". */
export interface CorrectionScope {
  /** Canonical name, as in `ModelArch.name`. */
  readonly model: string;
  /** Canonical name, as in `GpuSpec.name`. */
  readonly gpu: string;
  readonly tensorParallelSize?: number;
  readonly engineVersion?: string;
}

/** A small change of the general model for one configuration, learnt from experiments with it and shrunk towards 1. */
export interface ConfigurationCorrection {
  readonly scope: CorrectionScope;
  /** All step times are multiplied by this. */
  readonly stepScaleRatio: number;
  /** Standard error of its logarithm. */
  readonly stepScaleLogSd: number;
  /** All delays outside the engine are multiplied by this. */
  readonly frontScaleRatio: number;
  /** Standard error of its logarithm. */
  readonly frontScaleLogSd: number;
  readonly prior: CorrectionPrior;
  /** Ids of the experiments or runs it was learnt from. */
  readonly experiments: readonly string[];
  readonly sources: readonly CoefficientSource[];
}

/** Coefficients of one basis, keyed by term name. */
export interface CoefficientSet {
  readonly formatVersion: 1;
  readonly name: string;
  readonly description: string;
  /** Name of the basis whose terms the entries price. */
  readonly basis: string;
  /** Terms and request terms without an entry stand at their prior mean. */
  readonly entries: Readonly<Record<string, CoefficientEntry>>;
  readonly fit?: FitProvenance;
  /** How far predictions are off; absent when nobody learnt it, and then there are no prediction intervals. */
  readonly uncertainty?: PredictionUncertainty;
  /** What experiments of single configurations taught on top of the entries; at most one serves a prediction. */
  readonly corrections?: readonly ConfigurationCorrection[];
}
