import type { Arrivals } from './arrivals.js';
import type { Deadlines } from './deadlines.js';
import type { EngineState } from './engine-state.js';

/** The loop takes the next request from its inbox at `nowUs`: it waits from now on. */
export function receiveRequest(
  engine: EngineState,
  arrivals: Arrivals,
  deadlines: Deadlines,
  nowUs: number,
): void {
  const { log, waiting, limits } = engine;
  const row = arrivals.nextRow;
  log.arrivedAtUs[row] = arrivals.take();
  log.queuedAtUs[row] = nowUs;
  waiting.append(row);
  // Only under the priority policy may a new request be the new head.
  if (limits.priority) engine.headBlocked = false;
  deadlines.watch(row);
}
