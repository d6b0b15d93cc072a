import type { ScopeGap } from '../coefficients/scope-gaps.js';
import type { Split } from '../trace/experiment.js';
import type { MetricName, StageKey } from '../trace/metrics.js';
import type { Diagnostic } from '../trace/trace.js';
import type { CalibrationLine } from '../stats/calibration-line.js';
import type { Interval } from '../stats/bootstrap.js';
import type { ErrorSummary } from '../stats/relative-error.js';
import type { PairOrder } from '../stats/pair-order.js';
import type { Refusal } from '../trace/suite.js';
import type { Knee } from './knee/knee.js';
import type { ReplicateGroup } from './replicates.js';
import type { RunTimeline } from './run-timeline.js';
import type { SaturationVerdict, StageLoad } from './saturation.js';
import type { ServedLoad } from './served-load.js';
import type { StageBatch } from './stage-batch.js';
import type { TtftParts } from './ttft-parts.js';

/** The name under which Trueline's own predictions stand beside the peers'. */
export const OURS = 'trueline';

/** One measured figure and what was predicted for it. */
export interface ValidationRow {
  readonly experiment: string;
  readonly stage: StageKey;
  readonly metric: MetricName;
  readonly measuredMs: number;
  /** Mean over the seeds. */
  readonly predictedMs: number;
  /** Signed, positive when the prediction is too large. */
  readonly errorPct: number;
  /** (Largest − smallest prediction) ÷ their mean over the seeds, in %; absent with one seed. */
  readonly seedSpreadPct?: number;
  /** Where the measured figure lies with 90 % probability, in ms; absent when the coefficient set cannot say. */
  readonly interval?: Interval;
  /** Other simulators' predictions of this figure, by simulator. */
  readonly peersMs: Readonly<Record<string, number>>;
}

/** Where one stage of one experiment lies, in simulation (mean over the seeds). */
export interface StageVerdict extends StageLoad {
  readonly stage: StageKey;
  /** Rate offered ÷ knee, of the whole run that of its busiest stage; absent for closed loops. */
  readonly kneeLoadRatio?: number;
  readonly verdict: SaturationVerdict;
  /** Absent when the simulated trace does not say when requests reached the GPU. */
  readonly ttftParts?: TtftParts;
  /** Absent when no replay kept its steps (those for prediction intervals do), and in results of earlier versions. */
  readonly batch?: StageBatch;
}

/** What an experiment is and what it did in simulation (means over the seeds). */
export interface ExperimentResult {
  readonly experiment: string;
  readonly title: string;
  readonly split: Split;
  readonly model: string;
  readonly gpu: string;
  readonly tensorParallelSize: number;
  readonly workload: string;
  readonly source: string;
  /** Settings of the server, as in `ServerConfig`, and `precision` of the model; absent in results of earlier versions. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  readonly seeds: number;
  /** Absent in results of earlier versions. */
  readonly served?: ServedLoad;
  readonly steps: number;
  readonly preemptions: number;
  readonly prefixHitRatio: number;
  /** Shares of GPU time with requests waiting for a seat, and for KV blocks. */
  readonly seatLimitedRatio: number;
  readonly kvLimitedRatio: number;
  /** Where the coefficients are taken beyond what they were fitted on, by the first seed. */
  readonly beyondFit: readonly ScopeGap[];
  /** Where queues begin to grow (first seed); absent for closed loops. */
  readonly knee?: Knee;
  /** Of the first seed; absent where `batch` of a stage is. */
  readonly timeline?: RunTimeline;
  readonly stages: readonly StageVerdict[];
}

/** A stage that has measurements but no prediction: it counts as a failure. `all` = nothing of the experiment ran. */
export interface NotSimulated extends Refusal {
  readonly experiment: string;
  readonly split: Split;
  readonly stage: StageKey;
}

/** What rows a group of errors is made of: whole runs, or their single stages. */
export type RowScope = 'runs' | 'stages';
/** `saturation`: split and verdict, as in `test, near`. */
export type GroupKind = 'split' | 'model' | 'gpu' | 'workload' | 'saturation';

/** Errors of one simulator on one metric of one group of experiments. */
export interface ErrorGroup extends ErrorSummary {
  readonly scope: RowScope;
  readonly by: GroupKind;
  readonly group: string;
  readonly metric: MetricName;
  readonly simulator: string;
  /** 90 % bootstrap interval of the median; absent for peers and for groups of fewer than three. */
  readonly medianInterval?: Interval;
  /** For a peer: our errors on exactly the rows it predicted. */
  readonly oursOnSameRows?: Pick<ErrorSummary, 'medianApePct' | 'mapePct'>;
}

/** Which experiments are put in order together. `inside` pools the pairs inside every (model, GPU) group. */
export type RankScope = 'all' | 'split' | 'model-gpu' | 'inside';

/** How well one simulator orders the whole runs of a group by one metric. */
export interface RankGroup {
  readonly scope: RankScope;
  readonly group: string;
  readonly metric: MetricName;
  readonly simulator: string;
  readonly n: number;
  readonly pairs: PairOrder;
  /** Absent without two different values, and for pooled groups. */
  readonly kendallTauB?: number;
  /** 90 % bootstrap interval of τ-b over the runs; of all runs together only. */
  readonly kendallInterval?: Interval;
  readonly spearmanRho?: number;
  /**
   * How much worse than the measured best the predicted best is, in %; then the best of the predicted top three. Absent
   * for pooled groups, and over all models, where there is nothing to choose between.
   */
  readonly top1RegretPct?: number;
  readonly top3RegretPct?: number;
}

/** A stage whose E2E is right only because a TTFT error and a decode error cancel. */
export interface CancellingRow {
  readonly experiment: string;
  readonly stage: StageKey;
  readonly e2eErrorPct: number;
  /** Predicted − measured, in ms. */
  readonly ttftErrorMs: number;
  readonly decodeErrorMs: number;
}

/** Two whole runs of one split whose order the prediction gets wrong or leaves open. */
export interface DiscordantPair {
  readonly metric: MetricName;
  readonly split: string;
  /** The one measured smaller first. */
  readonly experiments: readonly [string, string];
  readonly measuredGapPct: number;
  /** Negative when the order is wrong, 0 for a tie. */
  readonly predictedGapPct: number;
  /**
   * Measured gap ÷ the standard deviation of a difference of two repeats (√2 · CV): below 2 the measurement itself may have
   * them in the wrong order. Absent when the suite repeats nothing.
   */
  readonly gapInNoise?: number;
}

/** τ-b that a predictor without any error would reach on one split, given the noise of the measurement. */
export interface RankCeiling {
  readonly metric: MetricName;
  readonly split: string;
  readonly n: number;
  /** Of a repeat run, pooled over the replicates of the suite. */
  readonly cvPct: number;
  readonly meanTauB: number;
  /** 5th percentile over the draws. */
  readonly lowTauB: number;
}

/** Predicted against measured over the whole runs of one split, in ms. */
export interface Calibration extends CalibrationLine {
  readonly split: Split;
  readonly metric: MetricName;
}

/** How often measured figures lie in their 90 % prediction intervals. */
export interface IntervalCoverage {
  readonly scope: RowScope;
  readonly split: Split;
  readonly metric: MetricName | 'all';
  /** Of the rows on this side of the knee only; given where rows lie on more than one, for all metrics together. */
  readonly verdict?: SaturationVerdict;
  readonly n: number;
  readonly inside: number;
  /** Median of half the interval ÷ the prediction, in %. */
  readonly medianHalfWidthPct: number;
}

/** How much of the suite was compared. */
export interface Coverage {
  readonly experiments: number;
  readonly experimentsReplayed: number;
  readonly rows: number;
  readonly rowsCompared: number;
}

/** A suite replayed with one coefficient set and compared with what was measured: plain data, ready for JSON. */
export interface ValidationResult {
  readonly formatVersion: 1;
  readonly suite: string;
  readonly suiteSource: string;
  readonly coefficientSet: string;
  readonly basis: string;
  readonly seeds: readonly number[];
  readonly coverage: Coverage;
  readonly notSimulated: readonly NotSimulated[];
  readonly experiments: readonly ExperimentResult[];
  readonly rows: readonly ValidationRow[];
  readonly errors: readonly ErrorGroup[];
  /** Predicted against measured, whole runs. */
  readonly calibrations: readonly Calibration[];
  /** Empty when no row has an interval. */
  readonly intervals: readonly IntervalCoverage[];
  readonly ranks: readonly RankGroup[];
  readonly cancelling: readonly CancellingRow[];
  /** Experiments that repeat each other, and how far they differ. */
  readonly replicates: readonly ReplicateGroup[];
  /** Whole runs predicted in the wrong order, inside each split. */
  readonly discordantPairs: readonly DiscordantPair[];
  /** The best τ-b the noise of the measurement allows. */
  readonly rankCeilings: readonly RankCeiling[];
  readonly diagnostics: readonly Diagnostic[];
}
