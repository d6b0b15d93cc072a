/**
 * Replay measured experiments and say how far off the prediction is. Reading order: `replay` (one experiment, one seed),
 * `validate-suite` (plan → replays → comparison), `compare-suite`, `intervals/`, `knee/` (the rate at which queues begin to grow), then `error-groups`, `rank-groups`, `saturation` and
 * `cancelling` for what is made of the rows. `validation-result` holds the types. `requests/` compares recorded runs request by
 * request. Nothing here can fit.
 */
export { replayExperiment, type ReplayJob, type ReplayResult, type StageReplay } from './replay.js';
export { validateRun, type RecordedRun, type RequestValidation } from './requests/validate-run.js';
export { simulatedIntervals, type StageIntervals } from './intervals/simulated-intervals.js';
export { KNEE_LIMITS, type KneeLimit } from './knee/knee.js';
export { simulatedKnee, type SimulatedKnee } from './knee/stage-loads.js';
export {
  SATURATION_VERDICTS,
  saturationVerdict,
  stageLoad,
  type SaturationVerdict,
  type StageLoad,
} from './saturation.js';
export type { RunTimeline } from './run-timeline.js';
export type { ServedLoad } from './served-load.js';
export { replicateGroups, pooledNoise, type PooledNoise } from './replicates.js';
export { compareSuite, type ReplayedExperiment } from './compare-suite.js';
export { isReplayOutcome, type ReplayOutcome } from './replay-outcome.js';
export {
  planSuite,
  replayInParallel,
  validateSuite,
  validateSuiteInParallel,
  type ValidateOptions,
} from './validate-suite.js';
export { sweepResult, type SweepResult, type SweepRow } from './sweep.js';
export type { FactSource, PlannedExperiment } from './replay-plan.js';
export {
  compareResults,
  type ComparedFigure,
  type Comparison,
  type HeadToHead,
  type NamedResult,
} from './head-to-head.js';
export * from './validation-result.js';
