import type { BatchShape } from './batch-shape.js';
import type { ServerConfig } from './server-config.js';

/** How a request ended. Stored as the index into this list. */
export const REQUEST_STATUSES = ['finished', 'failed', 'aborted', 'unfinished'] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

/** Whose clock the instants of a trace are on. Instants of different clocks are never subtracted. */
export type TraceClock = 'client' | 'engine' | 'simulated';

/** Where a trace came from and what was served. */
export interface TraceMeta {
  /** What made it: a format name for imported files, `trueline-engine` for simulated ones. */
  readonly source: string;
  /** True when no GPU was involved. */
  readonly synthetic: boolean;
  readonly clock: TraceClock;
  readonly engineVersion?: string;
  readonly model?: string;
  readonly gpu?: string;
  readonly server?: Partial<ServerConfig>;
  readonly workloadName?: string;
  /** Files it was read from, with their SHA-256, in reading order. */
  readonly files?: readonly { readonly path: string; readonly sha256: string }[];
}

/**
 * One row per request, in arrival order. Columns are index-aligned; in Float64 columns NaN and in Int32 columns −1 mean
 * "not known for this row"; a column that is not known for any row is absent.
 */
export interface RequestColumns {
  readonly count: number;
  readonly ids?: readonly string[];
  readonly arrivedAtUs: Float64Array;
  readonly queuedAtUs?: Float64Array;
  readonly scheduledAtUs?: Float64Array;
  /** Start of the first chunk's step on the GPU; known in simulated traces only. */
  readonly startedAtUs?: Float64Array;
  readonly firstTokenAtUs: Float64Array;
  readonly finishedAtUs: Float64Array;
  readonly promptTokens: Int32Array;
  /** Tokens the server generated, never a re-tokenised count. */
  readonly outputTokens: Int32Array;
  /** Prompt tokens served from the prefix cache at first admission. */
  readonly cachedTokens?: Int32Array;
  readonly promptId?: Int32Array;
  readonly stage: Uint16Array;
  /** Index into REQUEST_STATUSES. */
  readonly status: Uint8Array;
  readonly preemptions?: Int32Array;
  /** Row in `steps` that was running on the GPU when the request reached the engine; −1 when the engine was idle. */
  readonly arrivedStep?: Int32Array;
  /** Row in `steps` of the first chunk. */
  readonly scheduledStep?: Int32Array;
  /** Row in `steps` that produced the first token. */
  readonly firstTokenStep?: Int32Array;
  /** Row in `steps` that produced the last token. */
  readonly finishedStep?: Int32Array;
}

/** Amounts of at least 0. Whole ones may be kept in fewer bytes than a double, where all of a column fit. */
export type Amounts = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** Whole numbers of at least 0, −1 where not known, in an array that holds them all. */
export type Counts = Int32Array | Int16Array | Int8Array;

/** The batch columns of a step table: one typed array per BatchShape field. */
export type BatchColumns = { readonly [K in keyof BatchShape]: Amounts };

/** One row per engine step (vLLM `schedule()` call with at least one token), in order. */
export interface StepColumns extends BatchColumns {
  readonly count: number;
  /** vLLM's step.id; consecutive ids are consecutive steps. */
  readonly id: Int32Array;
  /** Entry to `schedule()`, on the engine's clock. */
  readonly scheduledAtUs: Float64Array;
  /** Start of the batch on the GPU; known in simulated traces only. */
  readonly startedAtUs?: Float64Array;
  /** Time of the step on the GPU (see `ingest` for how it is derived from start times); NaN when unknown. */
  readonly periodUs: Float64Array;
  readonly running: Counts;
  readonly waiting: Counts;
  readonly kvBlocksUsed: Counts;
}

/** Aggregates of one load stage, for sources that report no single requests. Metrics as in `metrics.ts`. */
export interface StageAggregate {
  readonly stage: number | 'all';
  readonly requests: number;
  /** Absent when the source does not say. */
  readonly failed?: number;
  readonly requestedRatePerS?: number;
  /** As the source counted them, by tokenising the text again or not. */
  readonly meanOutputTokens?: number;
  /** How late requests left the client, against the schedule of the load. */
  readonly sendLagMeanMs?: number;
  readonly sendLagP99Ms?: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Something survivable that was noticed: dropped, clamped, repaired or doubted. Fatal under `--strict` when `dropped`. */
export interface Diagnostic {
  readonly code: string;
  readonly kind: 'dropped' | 'repaired' | 'doubt';
  readonly count: number;
  readonly message: string;
}

/** A run of a serving engine, measured or simulated: the one type every metric is computed from. */
export interface Trace {
  readonly meta: TraceMeta;
  readonly requests: RequestColumns;
  readonly steps?: StepColumns;
  readonly stages?: readonly StageAggregate[];
  readonly diagnostics: readonly Diagnostic[];
}
