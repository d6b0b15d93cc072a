import { mean } from 'simple-statistics';
import type { Experiment } from '../trace/experiment.js';
import type { StageKey } from '../trace/metrics.js';
import type { ModelArch } from '../trace/model-arch.js';
import { kneeLoadRatios } from './knee/stage-loads.js';
import type { ReplayResult } from './replay.js';
import { meanServedLoad } from './served-load.js';
import { saturationVerdict, type StageLoad } from './saturation.js';
import { meanStageBatch } from './stage-batch.js';
import { meanTtftParts } from './ttft-parts.js';
import type { ExperimentResult, StageVerdict } from './validation-result.js';

function meanLoad(loads: readonly StageLoad[]): StageLoad {
  return {
    heldBackRatio: mean(loads.map((load) => load.heldBackRatio)),
    waitMs: {
      firstHalf: mean(loads.map((load) => load.waitMs.firstHalf)),
      secondHalf: mean(loads.map((load) => load.waitMs.secondHalf)),
    },
  };
}

function stageVerdict(
  replays: readonly ReplayResult[],
  stage: StageKey,
  kneeLoadRatio: number | undefined,
): StageVerdict {
  const load = meanLoad(
    replays.flatMap((replay) =>
      replay.stages.filter((entry) => entry.stage === stage).map((entry) => entry.load),
    ),
  );
  const parts = meanTtftParts(
    replays.map((replay) => replay.stages.find((entry) => entry.stage === stage)?.ttftParts),
  );
  const batch = meanStageBatch(
    replays.map((replay) => replay.stages.find((entry) => entry.stage === stage)?.batch),
  );
  return {
    stage,
    ...load,
    ...(kneeLoadRatio !== undefined && { kneeLoadRatio }),
    verdict: saturationVerdict(load, kneeLoadRatio),
    ...(parts && { ttftParts: parts }),
    ...(batch && { batch }),
  };
}

/**
 * What an experiment is and how its replays (at least one) went, averaged over the seeds.
 * @param arch of its model, where known
 */
export function experimentResult(
  experiment: Experiment,
  replays: readonly ReplayResult[],
  arch?: ModelArch,
): ExperimentResult {
  const average = (pick: (replay: ReplayResult) => number): number => mean(replays.map(pick));
  const stages = [...new Set(replays.flatMap((replay) => replay.stages.map((entry) => entry.stage)))];
  const knee = replays.find((replay) => replay.knee !== undefined)?.knee;
  const ratios = kneeLoadRatios(experiment.workload, knee);
  const served = meanServedLoad(replays.map((replay) => replay.served));
  const timeline = replays.find((replay) => replay.timeline !== undefined)?.timeline;
  return {
    experiment: experiment.id,
    title: experiment.title,
    split: experiment.split,
    model: experiment.model,
    gpu: experiment.gpu,
    tensorParallelSize: experiment.server.tensorParallelSize,
    workload: experiment.workloadName,
    source: experiment.source,
    settings: { ...experiment.server, ...(arch && { precision: arch.precision }) },
    seeds: replays.length,
    steps: average((replay) => replay.steps),
    preemptions: average((replay) => replay.preemptions),
    prefixHitRatio: average((replay) => replay.prefixHitRatio),
    seatLimitedRatio: average((replay) => replay.seatLimitedRatio),
    kvLimitedRatio: average((replay) => replay.kvLimitedRatio),
    ...(served && { served }),
    beyondFit: replays[0]?.beyondFit ?? [],
    ...(knee && { knee }),
    ...(timeline && { timeline }),
    stages: stages.map((stage) => stageVerdict(replays, stage, ratios.get(stage))),
  };
}
