import type { LoadStage } from './load-stage.js';
import type { MetricName } from './metrics.js';
import type { ServerConfig } from './server-config.js';
import type { SyntheticWorkload } from './synthetic-workload.js';

export type { LoadStage } from './load-stage.js';
export type * from './synthetic-workload.js';

/**
 * inference-perf's shared-prefix load: `numGroups · promptsPerGroup` distinct prompts sent round robin (restarting in
 * each stage), with exponential gaps scaled so that each stage's requests exactly fill its duration.
 * Source: kubernetes-sigs/inference-perf, loadgen/load_timer.py and shared_prefix_datagen.py.
 */
export interface SharedPrefixWorkload {
  readonly kind: 'shared-prefix';
  readonly numGroups: number;
  readonly promptsPerGroup: number;
  /** Tokens all prompts of a group have in common. */
  readonly systemPromptTokens: number;
  /** Realised mean length of a whole prompt, in tokens. */
  readonly promptTokensMean: number;
  /** Spread of prompt length between the distinct prompts (re-tokenised random text is not exact). */
  readonly promptTokensSd: number;
  /** Tokens every request generates (EOS ignored). */
  readonly outputTokens: number;
  readonly stages: readonly LoadStage[];
  /** Idle time between the last response of a stage and the first request of the next. */
  readonly stageGapS: number;
  /** Clients abort a request that has not ended so long after they sent it, in s; they wait forever when absent. */
  readonly timeoutS?: number;
}

/** Recorded requests, replayed as they arrived. Columns are index-aligned and sorted by arrival. */
export interface RequestTraceWorkload {
  readonly kind: 'request-trace';
  readonly arrivedAtUs: Float64Array;
  readonly promptTokens: Int32Array;
  readonly outputTokens: Int32Array;
  /** Equal ids are equal prompts (same tokens, same length up to re-tokenisation). */
  readonly promptId: Int32Array;
  readonly stage: Uint16Array;
}

export type Workload = SharedPrefixWorkload | SyntheticWorkload | RequestTraceWorkload;

/** Measured figures of one stage; a metric that was not published is absent. */
export interface MeasuredStage {
  /** Stage index, or 'all' for the whole run. */
  readonly stage: number | 'all';
  readonly metrics: Readonly<Partial<Record<MetricName, number>>>;
}

export type Split = 'train' | 'test';

/** One benchmark run that can be replayed: what was served, how it was loaded, what was measured. */
export interface Experiment {
  readonly id: string;
  readonly title: string;
  readonly split: Split;
  /** Hugging Face id or shipped name of the model. */
  readonly model: string;
  readonly gpu: string;
  readonly server: ServerConfig;
  /** True when nothing states the engine's version and the default stands for it. */
  readonly assumesEngineVersion?: true;
  readonly workloadName: string;
  readonly workload: Workload;
  readonly measured: readonly MeasuredStage[];
  readonly source: string;
}
