import type { Workload } from '../../trace/experiment.js';
import type { StageKey } from '../../trace/metrics.js';
import type { RequestColumns } from '../../trace/trace.js';
import { saturationVerdict, stageLoad, type SaturationVerdict } from '../saturation.js';
import { findKnee, type Knee, type KneeInput } from './knee.js';
import { offeredRatesPerS } from './offered-load.js';

/** What one stage asks of a server, held against what the server can give. */
interface StageKneeLoad {
  readonly stage: StageKey;
  /** Rate offered ÷ knee; of the whole run (`all`) that of its busiest stage. */
  readonly kneeLoadRatio: number;
  readonly verdict: SaturationVerdict;
}

/** The knee of a simulated server, and where the load of each stage lies. */
export interface SimulatedKnee extends Knee {
  readonly stages: readonly StageKneeLoad[];
}

/** Offered rate ÷ knee by stage and of the whole run; empty without a knee. */
export function kneeLoadRatios(workload: Workload, knee: Knee | undefined): ReadonlyMap<StageKey, number> {
  if (knee === undefined) return new Map();
  return new Map(
    [...offeredRatesPerS(workload)].map(([stage, perS]) => [stage, perS / knee.requestsPerS] as const),
  );
}

/**
 * Finds the knee of a server for the mix of a workload, and where a simulated run of the workload lies.
 * @param requests of that run
 * @returns undefined where `findKnee` finds none
 */
export function simulatedKnee(input: KneeInput, requests: RequestColumns): SimulatedKnee | undefined {
  const knee = findKnee(input);
  if (knee === undefined) return undefined;
  const stages = [...kneeLoadRatios(input.workload, knee)].map(([stage, kneeLoadRatio]) => ({
    stage,
    kneeLoadRatio,
    verdict: saturationVerdict(stageLoad(requests, stage), kneeLoadRatio),
  }));
  return { ...knee, stages };
}
