import type { ErrorCode } from '../errors.js';
import type { Experiment } from './experiment.js';
import type { MetricName } from './metrics.js';
import type { ModelArch } from './model-arch.js';
import type { Diagnostic } from './trace.js';

/** What another simulator predicted for one figure of one experiment. */
export interface PeerPrediction {
  readonly simulator: string;
  readonly experiment: string;
  readonly stage: number | 'all';
  readonly metric: MetricName;
  readonly predictedMs: number;
}

/** Why something that was asked for cannot be had, as data. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly reason: string;
}

/** A set of experiments that are validated together. */
export interface Suite {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  readonly experiments: readonly Experiment[];
  /** Architectures that came with the suite, by the name its experiments use; others come from the shipped catalogue. */
  readonly models: Readonly<Record<string, ModelArch>>;
  /** Models that came with the suite but are of a kind that is not modelled. */
  readonly refusedModels: Readonly<Record<string, Refusal>>;
  readonly peers: readonly PeerPrediction[];
  readonly diagnostics: readonly Diagnostic[];
}
