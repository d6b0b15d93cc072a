import type { StageKey } from '../trace/metrics.js';
import type { ServerConfig } from '../trace/server-config.js';
import type { RequestColumns, StepColumns, Trace } from '../trace/trace.js';
import { usToMs } from '../units.js';

/** How much room the simulated server had during a stage's arrivals. Shares are of time, 0…1. */
export interface StageLoad {
  /** Every seat taken: running requests = `maxNumSeqs`. */
  readonly seatsFullRatio: number;
  /** Requests waited although seats and step tokens were free: KV blocks had run out. */
  readonly kvLimitedRatio: number;
  /** Mean time from arrival to first scheduling, for the first and the second half of the arrivals. */
  readonly queueMs: { readonly firstHalf: number; readonly secondHalf: number };
}

/** Where a stage lies relative to the knee of the latency curve. */
export type SaturationVerdict = 'below' | 'near' | 'above';

/** Without room for this share of the time, small step errors begin to be amplified by queueing. */
const NEAR_KNEE_RATIO = 0.01;
/** Without room most of the time: latency is set by the queue. */
const ABOVE_KNEE_RATIO = 0.5;
/** The queue grows when later arrivals wait this many times longer than earlier ones. */
const GROWTH_FACTOR = 1.5;

/** Below, near or above the knee; `above` also when room is short at times and the queue grows through the stage. */
export function saturationVerdict(load: StageLoad): SaturationVerdict {
  const short = load.seatsFullRatio + load.kvLimitedRatio;
  const grows = load.queueMs.secondHalf > GROWTH_FACTOR * load.queueMs.firstHalf;
  if (short >= ABOVE_KNEE_RATIO) return 'above';
  if (short < NEAR_KNEE_RATIO) return 'below';
  return grows && short >= ABOVE_KNEE_RATIO / 2 ? 'above' : 'near';
}

/** Rows of a stage, in arrival order. */
function stageRows(requests: RequestColumns, stage: StageKey): number[] {
  const rows: number[] = [];
  for (let i = 0; i < requests.count; i++) {
    if (stage === 'all' || requests.stage[i] === stage) rows.push(i);
  }
  return rows;
}

/** Mean wait from arrival to first scheduling; requests never scheduled are left out. */
function meanQueueMs(requests: RequestColumns, rows: readonly number[]): number {
  let waitedUs = 0;
  let known = 0;
  for (const row of rows) {
    const waitUs = (requests.scheduledAtUs?.[row] ?? NaN) - requests.arrivedAtUs[row]!;
    if (Number.isNaN(waitUs)) continue;
    waitedUs += waitUs;
    known++;
  }
  return known === 0 ? 0 : usToMs(waitedUs / known);
}

type Room = 'free' | 'seats-full' | 'kv-limited';

function roomIn(steps: StepColumns, row: number, server: ServerConfig): Room {
  if (steps.running[row]! >= server.maxNumSeqs) return 'seats-full';
  const tokens = steps.prefillTokens[row]! + steps.decodeRequests[row]!;
  return steps.waiting[row]! > 0 && tokens < server.maxNumBatchedTokens ? 'kv-limited' : 'free';
}

/** Time by room, over the steps scheduled between two instants. */
function timeByRoom(
  steps: StepColumns,
  server: ServerConfig,
  fromUs: number,
  toUs: number,
): Record<Room, number> {
  const timeUs = { free: 0, 'seats-full': 0, 'kv-limited': 0 };
  for (let row = 0; row < steps.count; row++) {
    const atUs = steps.scheduledAtUs[row]!;
    if (atUs < fromUs || atUs > toUs) continue;
    timeUs[roomIn(steps, row, server)] += steps.periodUs[row]!;
  }
  return timeUs;
}

/** Room and queue of one stage of a simulated run, or of the whole run. */
export function stageLoad(trace: Trace, stage: StageKey, server: ServerConfig): StageLoad {
  const { requests, steps } = trace;
  const rows = stageRows(requests, stage);
  const half = Math.ceil(rows.length / 2);
  const first = requests.arrivedAtUs[rows[0] ?? 0] ?? 0;
  const last = requests.arrivedAtUs[rows.at(-1) ?? 0] ?? 0;
  const time =
    steps === undefined
      ? { free: 1, 'seats-full': 0, 'kv-limited': 0 }
      : timeByRoom(steps, server, first, last);
  const total = time.free + time['seats-full'] + time['kv-limited'];
  return {
    seatsFullRatio: total === 0 ? 0 : time['seats-full'] / total,
    kvLimitedRatio: total === 0 ? 0 : time['kv-limited'] / total,
    queueMs: {
      firstHalf: meanQueueMs(requests, rows.slice(0, half)),
      secondHalf: meanQueueMs(requests, rows.slice(half)),
    },
  };
}
