import type { KernelConstants } from '../basis/kernel-constants.js';
import type { CoefficientSet } from '../coefficients/coefficient-set.js';
import { latencyModel } from '../coefficients/price.js';
import { beyondFit, type ScopeGap } from '../coefficients/scope-gaps.js';
import { buildRequests, simulate } from '../engine/index.js';
import type { Experiment } from '../trace/experiment.js';
import type { GpuSpec } from '../trace/gpu-spec.js';
import { groupMetrics, traceStages, type GroupMetrics, type StageKey } from '../trace/metrics.js';
import type { ModelArch } from '../trace/model-arch.js';
import { requestDurations } from '../trace/request-durations.js';
import type { Diagnostic } from '../trace/trace.js';
import { stageSpreads, type StageSpread } from './intervals/stage-spreads.js';
import { findKnee, type Knee } from './knee/knee.js';
import { runTimeline, type RunTimeline } from './run-timeline.js';
import { stageLoad, type StageLoad } from './saturation.js';
import { servedLoad, type ServedLoad } from './served-load.js';
import { stageBatch, type StageBatch } from './stage-batch.js';
import { ttftParts, type TtftParts } from './ttft-parts.js';

/** Everything one replay needs: plain data, so that it can be sent to a worker. */
export interface ReplayJob {
  readonly experiment: Experiment;
  readonly arch: ModelArch;
  readonly gpu: GpuSpec;
  /** Operator times of the GPU; needed by coefficient sets whose basis prices operators. */
  readonly kernels?: KernelConstants;
  readonly set: CoefficientSet;
  /** Seed of arrivals and prompt lengths; without effect when the workload is recorded requests. */
  readonly seed: number;
  /** The server compiles kernels when a batch first needs them; defaults to false: it was warmed up. */
  readonly coldStart?: boolean;
  /** Also replay with slower and faster steps, for prediction intervals. */
  readonly spread?: boolean;
  /** Also find the knee, by one more simulation of a few thousand requests. */
  readonly knee?: boolean;
}

/** What a replay predicts for one stage. */
export interface StageReplay {
  readonly stage: StageKey;
  readonly group: GroupMetrics;
  readonly load: StageLoad;
  /** Where its mean TTFT goes. */
  readonly ttftParts?: TtftParts;
  /** What its steps were made of, where steps were kept for `spreads`. */
  readonly batch?: StageBatch;
}

/** What one experiment does in simulation under one seed. Shares are 0…1. */
export interface ReplayResult {
  /** The whole run (`all`) first, then its stages in order. */
  readonly stages: readonly StageReplay[];
  /** Engine steps. */
  readonly steps: number;
  readonly preemptions: number;
  /** Prompt tokens served from the prefix cache ÷ prompt tokens. */
  readonly prefixHitRatio: number;
  /** Shares of GPU time with requests waiting for a seat, and for KV blocks. */
  readonly seatLimitedRatio: number;
  readonly kvLimitedRatio: number;
  /** Absent in records of earlier versions. */
  readonly served?: ServedLoad;
  /** Queue and KV cache over time, where steps were kept for `spreads`. */
  readonly timeline?: RunTimeline;
  /** When the job asked for it and the server has one. */
  readonly knee?: Knee;
  /** By stage, when the job asked for them and the set knows its uncertainty. */
  readonly spreads?: readonly StageSpread[];
  /** Where the coefficients are taken beyond what they were fitted on; batch sizes only where steps were kept for `spreads`. */
  readonly beyondFit: readonly ScopeGap[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Serves an experiment's load on the simulated engine and measures what its clients would have measured.
 * @throws the codes of `latencyModel` and `simulate`; SAMPLE_EMPTY when no request of a stage finishes
 */
export function replayExperiment(job: ReplayJob): ReplayResult {
  const { experiment, arch, gpu, kernels, set, seed, coldStart = false } = job;
  const { server, workload } = experiment;
  const context = { arch, gpu, server, coldStart, ...(kernels && { kernels }) };
  const requests = buildRequests(workload, seed);
  const recordSteps = job.spread === true && set.uncertainty !== undefined;
  const latency = latencyModel(set, context);
  const { trace, summary } = simulate({ ...context, requests, latency, recordSteps });
  const knee = job.knee === true ? findKnee({ ...context, latency, workload, seed }) : undefined;
  const durations = requestDurations(trace.requests);
  const keys: StageKey[] = ['all', ...traceStages(trace.requests)];
  // the null block is nobody's
  const timeline = runTimeline(trace.steps, summary.totalKvBlocks - 1);
  return {
    stages: keys.map((stage) => {
      const parts = ttftParts(trace.requests, latency, stage);
      const batch = stageBatch(trace, stage);
      return {
        stage,
        group: groupMetrics(trace, stage, durations),
        load: stageLoad(trace.requests, stage),
        ...(parts && { ttftParts: parts }),
        ...(batch && { batch }),
      };
    }),
    steps: summary.steps,
    preemptions: summary.preemptions,
    prefixHitRatio: summary.hitTokens / summary.promptTokens,
    seatLimitedRatio: summary.seatLimitedRatio,
    kvLimitedRatio: summary.kvLimitedRatio,
    served: servedLoad(summary),
    ...(timeline && { timeline }),
    ...(knee && { knee }),
    ...(recordSteps && { spreads: stageSpreads({ set, context, requests, trace }) }),
    beyondFit: beyondFit(set, context, trace.steps),
    diagnostics: trace.diagnostics,
  };
}
