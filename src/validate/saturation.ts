import type { StageKey } from '../trace/metrics.js';
import type { RequestColumns } from '../trace/trace.js';
import { usToMs } from '../units.js';

/** Whether the simulated server had room for a stage's requests when it was ready to admit them. */
export interface StageLoad {
  /**
   * Requests that were not scheduled in the first pass that could have taken them, for want of seats, KV blocks or
   * step tokens, ÷ requests: 0…1.
   */
  readonly heldBackRatio: number;
  /** Mean time they waited for room, over the first and the second half of the stage's arrivals. */
  readonly waitMs: { readonly firstHalf: number; readonly secondHalf: number };
}

/** Where a stage lies relative to the knee of the latency curve. */
export const SATURATION_VERDICTS = ['below', 'near', 'above'] as const;
export type SaturationVerdict = (typeof SATURATION_VERDICTS)[number];

/**
 * From this load ÷ knee on a stage is near the knee. Where latency goes with 1 ÷ (1 − load), an error of the step time
 * counts 1 ÷ (1 − load) times in it: five times from here on.
 */
const NEAR_KNEE_LOAD_RATIO = 0.8;
/** From this share of held back requests on, queueing begins to amplify errors of the step time. */
const NEAR_KNEE_RATIO = 0.01;
/** Most requests queue: latency is set by the queue. */
const ABOVE_KNEE_RATIO = 0.5;
/** With a growing queue, fewer held back requests are enough: the stage ends before the rest is. */
const GROWING_RATIO = 0.25;
/** The queue grows when later arrivals wait this many times longer than earlier ones. */
const GROWTH_FACTOR = 1.5;

/**
 * Below, near or above the knee: by the ratio of the load to it where that is known, otherwise (closed loops) by what the
 * queue of the simulated run did.
 */
export function saturationVerdict(load: StageLoad, kneeLoadRatio?: number): SaturationVerdict {
  if (kneeLoadRatio === undefined) return queueVerdict(load);
  if (kneeLoadRatio >= 1) return 'above';
  return kneeLoadRatio >= NEAR_KNEE_LOAD_RATIO ? 'near' : 'below';
}

function queueVerdict({ heldBackRatio, waitMs }: StageLoad): SaturationVerdict {
  const grows = waitMs.secondHalf > GROWTH_FACTOR * waitMs.firstHalf;
  if (heldBackRatio >= (grows ? GROWING_RATIO : ABOVE_KNEE_RATIO)) return 'above';
  return heldBackRatio >= NEAR_KNEE_RATIO ? 'near' : 'below';
}

/**
 * Time each request of a stage waited for room, in µs, in arrival order. vLLM takes a request from its inbox and tries to
 * schedule it in the same instant, so whatever lies between the two is want of room.
 */
function waitsUs(requests: RequestColumns, stage: StageKey): Float64Array {
  const waits = new Float64Array(requests.count);
  let n = 0;
  for (let row = 0; row < requests.count; row++) {
    if (stage !== 'all' && requests.stage[row] !== stage) continue;
    const waitUs = (requests.scheduledAtUs?.[row] ?? NaN) - (requests.queuedAtUs?.[row] ?? NaN);
    if (!Number.isNaN(waitUs)) waits[n++] = waitUs;
  }
  return waits.subarray(0, n);
}

function meanMs(waits: Float64Array): number {
  let sum = 0;
  for (const wait of waits) sum += wait;
  return waits.length === 0 ? 0 : usToMs(sum / waits.length);
}

function countHeld(waits: Float64Array): number {
  let held = 0;
  for (const wait of waits) if (wait > 0) held++;
  return held;
}

/** Room and queue of one stage of a simulated run, or of the whole run. Unscheduled requests are left out. */
export function stageLoad(requests: RequestColumns, stage: StageKey): StageLoad {
  const waits = waitsUs(requests, stage);
  const half = Math.ceil(waits.length / 2);
  return {
    heldBackRatio: waits.length === 0 ? 0 : countHeld(waits) / waits.length,
    waitMs: { firstHalf: meanMs(waits.subarray(0, half)), secondHalf: meanMs(waits.subarray(half)) },
  };
}
