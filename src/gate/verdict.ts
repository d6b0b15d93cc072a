import type { MetricName, StageKey } from '../trace/metrics.js';
import type { GroupKind } from '../validate/index.js';
import type { ReplicateNoise } from './replicate-noise.js';

/**
 * What the gate says of one row. `noisy`: worse, but by no more than a repeat of the same measurement or other seeds
 * would explain. `not comparable`: the two sides do not state the same thing. Only `fail` closes the gate.
 */
export type Verdict = 'pass' | 'fail' | 'noisy' | 'not comparable';

/** Whether one prediction is what it was. */
export interface DriftRow {
  readonly experiment: string;
  readonly stage: StageKey;
  readonly metric: MetricName;
  /** Predictions, in ms; absent on the side that has none. */
  readonly baselineMs?: number;
  readonly predictedMs?: number;
  /** (now ÷ baseline − 1) · 100; absent unless both sides have a prediction. */
  readonly changePct?: number;
  readonly verdict: Verdict;
  /** Why, unless it passed. */
  readonly reason?: string;
}

/** Whether the whole runs of one GPU are predicted, all together, as they were under other seeds. */
export interface ShiftRow {
  readonly gpu: string;
  readonly metric: MetricName;
  /** Runs compared. */
  readonly n: number;
  /** Median of (now ÷ baseline − 1) · 100. */
  readonly changePct: number;
  /** Change of that median, in %, that other seeds explain. */
  readonly noisePct: number;
  readonly verdict: 'pass' | 'fail';
}

/** mape: mean |error| · bias: |mean signed error| · kendall: τ-b · pairs: share of pairs inside (model, GPU) in order. */
type FidelityMeasure = 'mape' | 'bias' | 'kendall' | 'pairs';

/** Groups of whole runs. An experiment is a group of its own, so that one spoilt run cannot hide in an average. */
export type FidelityGroupKind = GroupKind | 'experiment' | 'all';

/** Whether one measure of fidelity of one group got worse. */
export interface FidelityRow {
  readonly by: FidelityGroupKind;
  readonly group: string;
  readonly metric: MetricName;
  readonly measure: FidelityMeasure;
  /** Runs compared. */
  readonly n: number;
  /** In percentage points for `mape` and `bias`, 0…1 for the others. */
  readonly baseline: number;
  readonly now: number;
  /** How much worse it got, in the same unit; negative when it got better. */
  readonly worseBy: number;
  /** What noise explains, in the same unit. */
  readonly noise: number;
  readonly verdict: Verdict;
}

/** The gate's answer. */
export interface GateResult {
  readonly suite: string;
  readonly baselineCoefficientSet: string;
  readonly coefficientSet: string;
  readonly sameSeeds: boolean;
  /** Noise of the measurements that fidelity is judged by, one entry per metric. */
  readonly replicateNoise: readonly ReplicateNoise[];
  readonly drift: {
    readonly passed: boolean;
    readonly rows: readonly DriftRow[];
    /** Empty with the same seeds, where every figure is compared on its own. */
    readonly shifts: readonly ShiftRow[];
  };
  readonly fidelity: { readonly passed: boolean; readonly rows: readonly FidelityRow[] };
}

/** A measure that got worse by `worseBy` where noise explains `noise`. */
export const worseningVerdict = (worseBy: number, noise: number): Verdict =>
  worseBy > noise ? 'fail' : worseBy > ROUNDING ? 'noisy' : 'pass';

/** Less than this is rounding, in percentage points or shares. */
const ROUNDING = 1e-9;
