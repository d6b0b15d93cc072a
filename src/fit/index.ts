/**
 * Measurements in, coefficients with their uncertainty out. Three routes — `fit-steps.ts` (engine steps),
 * `fit-requests.ts` (single requests), `fit-benchmarks.ts` (published means, with a simulator in the loop) — end in the
 * same problem: relative-error rows that are linear in the coefficients (`fit-rows.ts`), solved by `solve-fit.ts`. Operator
 * times from kernel sweeps are another problem, with a folder of its own: `kernels/`.
 */
export type { Simulate } from './benchmark-rows.js';
export { ablate, OFF, type AblationResult, type AblationVariant } from './ablation.js';
export type { DriftCause } from './canary/attribute-drift.js';
export type { CanaryMetric } from './canary/canary-figure.js';
export type { CanaryRun } from './canary/canary-run.js';
export type { CanaryNoise, CanaryVerdict, MetricVerdict } from './canary/judge-metric.js';
export { scoreCanary, type CanaryInput, type CanaryResult } from './canary/score-canary.js';
export {
  learnCorrections,
  type CorrectedConfiguration,
  type CorrectionOptions,
} from './corrections/learn-corrections.js';
export type { PairedErrors } from './corrections/corrected-errors.js';
export type { LearningCurvePoint } from './corrections/learning-curve.js';
export { learningCurves, type LearningCurves } from './corrections/learning-curves.js';
export { fitBenchmarks, type BenchmarkFitInput, type BenchmarkFitOptions } from './fit-benchmarks.js';
export { fitRequests, type RequestFitOptions, type RequestRun } from './fit-requests.js';
export {
  fittedValues,
  type CorrelatedPair,
  type DeterminedBy,
  type FitIteration,
  type FitResult,
  type FitRoute,
  type FittedCoefficient,
  type GroupErrors,
  type RowResidual,
} from './fit-result.js';
export type { DesignCriterion } from './design/rank-runs.js';
export { recommendRuns, type Candidate, type Recommendation } from './design/recommend-runs.js';
export type { OrderComparison } from './design/compare-orders.js';
export type { RetrospectiveCase } from './design/market.js';
export {
  designInRetrospect,
  type Retrospective,
  type RetrospectiveQuestion,
} from './design/retrospective.js';
export type { GroupInfluence } from './group-resampling.js';
export { fitSteps, type StepFitOptions, type StepRun } from './fit-steps.js';
export type { Prior, PriorOverrides } from './fit-terms.js';
export type { FitProgress } from './fixed-point.js';
export { fitKernels, renderKernelFile, toKernelConstants, type KernelFitResult } from './kernels/index.js';
export { LEAVE_OUT_KEYS, type LeaveOutKey } from './leave-out-keys.js';
export {
  leaveOneGroupOut,
  type CrossValidation,
  type CrossValidationOptions,
  type Fold,
} from './leave-one-group-out.js';
export { ALL_GROUPS } from './row-errors.js';
export {
  selectHyperParameters,
  type HyperParameterChoice,
  type HyperParameterGrid,
  type HyperParameterScore,
  type TermSet,
} from './select-hyper-parameters.js';
export { toCoefficientSet, type SetProvenance } from './to-coefficient-set.js';
export { learnUncertainty } from './uncertainty/learn-uncertainty.js';
