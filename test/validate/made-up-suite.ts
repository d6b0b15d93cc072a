import type { CoefficientSet } from '../../src/coefficients/coefficient-set.js';
import type { Experiment, MeasuredStage } from '../../src/trace/experiment.js';
import type { MetricName, StageKey } from '../../src/trace/metrics.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';
import type { PeerPrediction, Suite } from '../../src/trace/suite.js';
import type { ReplayResult } from '../../src/validate/replay.js';

type Metrics = Partial<Record<MetricName, number>>;

export const SET: CoefficientSet = {
  formatVersion: 1,
  name: 'made-up',
  description: 'no entries: every term at its prior',
  basis: 'roofline',
  entries: {},
};

/** One tiny request a second for `durationS` seconds; two durations make two configurations. */
export const loadOf = (durationS: number): Experiment['workload'] => ({
  kind: 'shared-prefix',
  numGroups: 1,
  promptsPerGroup: 1,
  systemPromptTokens: 0,
  promptTokensMean: 8,
  promptTokensSd: 0,
  outputTokens: 2,
  stages: [{ ratePerS: 1, durationS }],
  stageGapS: 0,
});

/** An experiment whose workload is never run, only its labels and measurements matter. */
export function experiment(
  id: string,
  measured: readonly MeasuredStage[],
  labels: Partial<
    Pick<Experiment, 'model' | 'gpu' | 'split' | 'server' | 'workloadName' | 'workload' | 'title'>
  > = {},
): Experiment {
  return {
    id,
    title: `run ${id}`,
    split: 'test',
    model: 'acme/Toy-1B',
    gpu: 'H100',
    server: DEFAULT_SERVER,
    workloadName: 'chat',
    workload: loadOf(1),
    measured,
    source: 'made up',
    ...labels,
  };
}

/** What a replay would have returned: metrics per stage, and a server with room to spare unless told otherwise. */
export function replay(stages: readonly (readonly [StageKey, Metrics])[], heldBackRatio = 0): ReplayResult {
  return {
    stages: stages.map(([stage, metrics]) => ({
      stage,
      group: {
        stage,
        counts: {
          requests: 1,
          finished: 1,
          failed: 0,
          aborted: 0,
          unfinished: 0,
          excluded: { ttft: 0, itl: 0, e2e: 0 },
        },
        metrics,
      },
      load: { heldBackRatio, waitMs: { firstHalf: 0, secondHalf: 0 } },
      batch: { meanRequests: 12, meanContextTokens: 700 },
    })),
    steps: 100,
    preemptions: 0,
    prefixHitRatio: 0.5,
    seatLimitedRatio: 0,
    kvLimitedRatio: 0,
    served: { requests: 1800, promptTokens: 540_000, outputTokens: 90_000, durationS: 3600 },
    timeline: {
      intervalS: 1200,
      kvBlocks: 500,
      running: [10, 14, 12],
      waiting: [0, 3, 0],
      kvUsedRatio: [0.5, 0.9, 0.6],
    },
    beyondFit: [],
    diagnostics: [],
  };
}

export const suiteOf = (
  experiments: readonly Experiment[],
  peers: readonly PeerPrediction[] = [],
): Suite => ({
  name: 'made-up',
  description: 'made-up figures for tests',
  source: 'made up',
  experiments,
  models: {},
  refusedModels: {},
  peers,
  diagnostics: [],
});
