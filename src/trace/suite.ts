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

/** A file of a suite as it was read. */
export interface SuiteFile {
  /** Relative to the suite's folder. */
  readonly path: string;
  readonly sha256: string;
  /** Id of the experiment it describes; absent for what all experiments share. */
  readonly experiment?: string;
}

/** A set of experiments that are validated together. */
export interface Suite {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  readonly experiments: readonly Experiment[];
  /** Files that say what was served, loaded and measured; absent for suites that were not read from disk. */
  readonly files?: readonly SuiteFile[];
  /** Architectures that came with the suite, by the name its experiments use; others come from the shipped catalogue. */
  readonly models: Readonly<Record<string, ModelArch>>;
  /** Models that came with the suite but are of a kind that is not modelled. */
  readonly refusedModels: Readonly<Record<string, Refusal>>;
  readonly peers: readonly PeerPrediction[];
  readonly diagnostics: readonly Diagnostic[];
}
