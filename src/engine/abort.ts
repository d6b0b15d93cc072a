import type { Arrivals } from './arrivals.js';
import { releaseSeat } from './cpu-tier/park-blocks.js';
import type { Deadlines } from './deadlines.js';
import { endAborted } from './end-request.js';
import type { EngineState } from './engine-state.js';
import { leavePhase } from './preemption.js';
import { registerOutputBlocks } from './register-blocks.js';
import { PREFILL } from './seats.js';

/** Applies the aborts that have reached the engine. Source: vLLM v0.15.1, core.py `_process_aborts_queue`. */
export function applyAborts(
  engine: EngineState,
  arrivals: Arrivals,
  deadlines: Deadlines,
  nowUs: number,
): void {
  while (deadlines.nextUs <= nowUs) {
    const row = deadlines.take();
    if (row >= 0) abort(engine, arrivals, row);
  }
}

/**
 * Ends a running or waiting request at once. Batches in flight still compute its tokens, which are thrown away.
 * Source: vLLM v0.15.1, scheduler.py `finish_requests`.
 */
function abort(engine: EngineState, arrivals: Arrivals, row: number): void {
  const { seats, waiting, firstTokenRows, preemptedRows } = engine;
  const seat = seats.seatOf(row);
  const outputs = seat < 0 ? engine.outputsKnown[row]! : returnedTokens(engine, seat);
  if (seat < 0) waiting.remove(row);
  else vacate(engine, seat, outputs);
  for (const list of [...firstTokenRows, ...preemptedRows]) list.drop(row);
  engine.headBlocked = false;
  endAborted(engine, arrivals, row, outputs);
}

function vacate(engine: EngineState, seat: number, outputs: number): void {
  const { seats, table } = engine;
  const computed =
    seats.phase[seat] === PREFILL
      ? seats.computed[seat]!
      : table.promptTokens[seats.row[seat]!]! + outputs - 1;
  registerOutputBlocks(engine, seat, computed);
  releaseSeat(engine, seat);
  leavePhase(engine, seat);
  seats.leave(seat);
}

/** Output tokens of a running request that the engine has, between two calls of `schedule()`. */
function returnedTokens({ seats, outputsKnown, processedStep }: EngineState, seat: number): number {
  const before = outputsKnown[seats.row[seat]!]!;
  if (seats.phase[seat] === PREFILL) return before;
  // Steps in flight that left the seat out have moved its anchor already.
  const skipped =
    (seats.skippedStep[seat]! > processedStep ? 1 : 0) +
    (seats.skippedEarlier[seat]! > processedStep ? 1 : 0);
  return before + Math.max(0, processedStep - seats.anchor[seat]! + skipped + 1);
}
