import type { RandomStream } from '../../random.js';
import type { RateLoad, UserLoad } from '../../trace/experiment.js';
import { sToUs } from '../../units.js';
import { drawnStageUs, filledStageUs } from './arrivals.js';
import { gapSampler } from './gap-sampler.js';
import { sampler } from './sampler.js';

/** When conversations (or single requests) begin, one row each; see `RequestTable` for what the instants count from. */
export interface Starts {
  readonly atUs: Float64Array;
  readonly stage: Uint16Array;
}

/** Starts of an open loop: by stage, on one clock unless stages wait for each other. */
export function rateStarts(load: RateLoad, random: (name: string) => RandomStream): Starts {
  let stageStartUs = 0;
  const stages = load.stages.map((stage, index) => {
    const gap = gapSampler(load.gaps, random(`arrivals/${index}`));
    const arrivals = load.fillStages ? filledStageUs(stage, gap) : drawnStageUs(stage, gap);
    const offsetUs = stageStartUs;
    if (load.stageGapS === undefined) stageStartUs += sToUs(stage.durationS);
    return arrivals.map((at) => at + offsetUs);
  });
  const starts = {
    atUs: new Float64Array(stages.reduce((sum, arrivals) => sum + arrivals.length, 0)),
    stage: new Uint16Array(stages.reduce((sum, arrivals) => sum + arrivals.length, 0)),
  };
  let row = 0;
  stages.forEach((arrivals, index) => {
    starts.atUs.set(arrivals, row);
    starts.stage.fill(index, row, (row += arrivals.length));
  });
  return starts;
}

/** Starts of a closed loop: how long a user thinks before each conversation. */
export function userStarts(load: UserLoad, random: (name: string) => RandomStream): Starts {
  const think = sampler(load.thinkTimeS, random('think-time/user'));
  return {
    atUs: Float64Array.from({ length: load.sessions }, () => sToUs(think())),
    stage: new Uint16Array(load.sessions),
  };
}
