import type { ArrivalSource } from './arrival-source.js';
import type { EngineState } from './engine-state.js';
import { privateBlocks } from './preemption.js';

/**
 * The engine has the tokens of a step: first tokens and finished requests become known, seats and blocks of the
 * latter free. `clientUs` is when clients see the tokens.
 * Source: vLLM v0.15.1, scheduler.py `update_from_output`.
 */
export function processOutputs(
  engine: EngineState,
  arrivals: ArrivalSource,
  step: number,
  clientUs: number,
): void {
  engine.processedStep = step;
  const first = engine.firstTokenRows[step & 1]!;
  if (first.length > 0) logFirstTokens(engine, first, step, clientUs);
  const preempted = engine.preemptedRows[step & 1]!;
  if (preempted.length > 0) returnPreemptedTokens(engine, arrivals, preempted, step, clientUs);
  if (engine.decodes.firstFinish(step) >= 0) finishSeats(engine, arrivals, step, clientUs);
}

function logFirstTokens({ log }: EngineState, rows: number[], step: number, clientUs: number): void {
  for (const row of rows) {
    log.firstTokenAtUs[row] = clientUs;
    log.firstTokenStep[row] = step;
  }
  rows.length = 0;
}

/** Tokens that were being computed for requests when these were preempted; one may be the last of its request. */
function returnPreemptedTokens(
  engine: EngineState,
  arrivals: ArrivalSource,
  rows: number[],
  step: number,
  clientUs: number,
): void {
  for (const row of rows) {
    engine.outputsKnown[row]! += 1;
    if (engine.outputsKnown[row] !== engine.table.outputTokens[row]) continue;
    engine.waiting.remove(row);
    finish(engine, arrivals, row, step, clientUs);
  }
  rows.length = 0;
}

/** Blocks are freed in admission order, as vLLM walks through the batch. */
function finishSeats(engine: EngineState, arrivals: ArrivalSource, step: number, clientUs: number): void {
  const { seats, decodes, blocks } = engine;
  for (const seat of seatsFinishing(engine, step)) {
    decodes.removeFinish(seat);
    blocks.releaseAll(seat);
    seats.leave(seat);
    finish(engine, arrivals, seats.row[seat]!, step, clientUs);
  }
}

function seatsFinishing({ seats, decodes }: EngineState, step: number): number[] {
  const finishing: number[] = [];
  for (let seat = decodes.firstFinish(step); seat >= 0; seat = decodes.nextFinish(seat)) finishing.push(seat);
  if (finishing.length > 1) finishing.sort((a, b) => seats.order[a]! - seats.order[b]!);
  return finishing;
}

function finish(
  engine: EngineState,
  arrivals: ArrivalSource,
  row: number,
  step: number,
  clientUs: number,
): void {
  engine.log.finishedAtUs[row] = clientUs;
  engine.log.finishedStep[row] = step;
  engine.privateHashes.drop(row, privateBlocks(engine, row));
  arrivals.responded(clientUs);
}
