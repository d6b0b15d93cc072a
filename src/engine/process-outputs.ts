import type { LatencyModel } from '../coefficients/latency-model.js';
import type { Arrivals } from './arrivals.js';
import { releaseSeat } from './cpu-tier/park-blocks.js';
import { endFinished } from './end-request.js';
import type { EngineState } from './engine-state.js';
import { lastToken } from './generated-tokens.js';
import { registerOutputBlocks } from './register-blocks.js';
import type { RowList } from './row-list.js';
import { DECODE } from './seats.js';

/** Processes the outputs of a step at `nowUs`, which reach clients when the latency model says so. */
export const deliver = (
  engine: EngineState,
  arrivals: Arrivals,
  step: number,
  nowUs: number,
  { frontAfterUs, frontAfterPerOutputTokenUs = 0 }: LatencyModel,
): void => processOutputs(engine, arrivals, step, nowUs + frontAfterUs, frontAfterPerOutputTokenUs);

/**
 * The engine has the tokens of a step: first tokens and finished requests become known, seats and blocks of the
 * latter free. `clientUs` is when clients see the tokens; a response ends `perTokenUs` after that for each of its tokens.
 * Source: vLLM v0.15.1, scheduler.py `update_from_output`.
 */
function processOutputs(
  engine: EngineState,
  arrivals: Arrivals,
  step: number,
  clientUs: number,
  perTokenUs: number,
): void {
  engine.processedStep = step;
  const first = engine.firstTokenRows[step & 1]!;
  if (first.size > 0) logFirstTokens(engine, first, step, clientUs);
  const preempted = engine.preemptedRows[step & 1]!;
  if (preempted.size > 0) returnPreemptedTokens(engine, arrivals, preempted, step, clientUs, perTokenUs);
  if (engine.decodes.firstFinish(step) >= 0) finishSeats(engine, arrivals, step, clientUs, perTokenUs);
}

function logFirstTokens({ log }: EngineState, list: RowList, step: number, clientUs: number): void {
  for (let i = 0; i < list.size; i++) {
    const row = list.rows[i]!;
    log.firstTokenAtUs[row] = clientUs;
    log.firstTokenStep[row] = step;
  }
  list.size = 0;
}

/** Whether anything but more tokens comes out of a step. */
export const hasEvents = (engine: EngineState, step: number): boolean =>
  engine.firstTokenRows[step & 1]!.size > 0 ||
  engine.preemptedRows[step & 1]!.size > 0 ||
  engine.decodes.firstFinish(step) >= 0;

/** Tokens that were being computed for requests when these were preempted; one may be the last of its request. */
function returnPreemptedTokens(
  engine: EngineState,
  arrivals: Arrivals,
  list: RowList,
  step: number,
  clientUs: number,
  perTokenUs: number,
): void {
  for (let i = 0; i < list.size; i++) {
    const row = list.rows[i]!;
    engine.outputsKnown[row]! += 1;
    if (engine.outputsKnown[row] !== lastToken(engine.table, row)) continue;
    engine.waiting.remove(row);
    engine.headBlocked = false;
    endFinished(engine, arrivals, row, step, clientUs, perTokenUs);
  }
  list.size = 0;
}

/** Blocks are freed in admission order, as vLLM walks through the batch. */
function finishSeats(
  engine: EngineState,
  arrivals: Arrivals,
  step: number,
  clientUs: number,
  perTokenUs: number,
): void {
  const { seats, decodes } = engine;
  engine.headBlocked = false;
  const only = decodes.firstFinish(step);
  if (decodes.nextFinish(only) < 0) {
    finishSeat(engine, arrivals, only, step, clientUs, perTokenUs);
    return;
  }
  const finishing: number[] = [];
  for (let seat = only; seat >= 0; seat = decodes.nextFinish(seat)) finishing.push(seat);
  finishing.sort((a, b) => seats.order[a]! - seats.order[b]!);
  for (const seat of finishing) finishSeat(engine, arrivals, seat, step, clientUs, perTokenUs);
}

function finishSeat(
  engine: EngineState,
  arrivals: Arrivals,
  seat: number,
  step: number,
  clientUs: number,
  perTokenUs: number,
): void {
  const { seats, decodes } = engine;
  const row = seats.row[seat]!;
  decodes.removeFinish(seat);
  if (seats.phase[seat] === DECODE) decodes.remove(seat);
  // The last token is never computed, or not before it ends the request.
  registerOutputBlocks(engine, seat, engine.table.promptTokens[row]! + lastToken(engine.table, row) - 1);
  releaseSeat(engine, seat);
  seats.leave(seat);
  endFinished(engine, arrivals, row, step, clientUs, perTokenUs);
}
