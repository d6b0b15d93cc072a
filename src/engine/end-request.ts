import type { Arrivals } from './arrivals.js';
import { endOffloading } from './cpu-tier/park-blocks.js';
import { givenUpAtUs } from './deadlines.js';
import type { EngineState } from './engine-state.js';
import { lastToken } from './generated-tokens.js';
import { privateBlocks } from './register-blocks.js';

/**
 * A request without seat and blocks has its last token, of a step. If its client is still there, it sees the token at
 * `clientUs`, and the end of the response `perTokenUs` later for each output token.
 */
export function endFinished(
  engine: EngineState,
  arrivals: Arrivals,
  row: number,
  step: number,
  clientUs: number,
  perTokenUs: number,
): void {
  const { table, log } = engine;
  const endUs = clientUs + perTokenUs * lastToken(table, row);
  if (givenUpAtUs(table, log, row) < endUs) {
    endAborted(engine, arrivals, row, lastToken(table, row));
    return;
  }
  log.finishedAtUs[row] = endUs;
  log.finishedStep[row] = step;
  forget(engine, row);
  arrivals.responded(row, endUs);
}

/** The client of a request without seat and blocks has given up on it, after the engine had so many of its tokens. */
export function endAborted(engine: EngineState, arrivals: Arrivals, row: number, outputs: number): void {
  const { table, log } = engine;
  const atUs = givenUpAtUs(table, log, row);
  log.aborted(row, atUs, outputs);
  forget(engine, row);
  arrivals.responded(row, atUs);
}

function forget(engine: EngineState, row: number): void {
  const { tier, privateHashes } = engine;
  engine.endedSinceSchedule = true;
  if (tier !== undefined) endOffloading(engine, tier, row);
  const first = privateHashes.first(row);
  if (first < 0) return;
  const count = privateBlocks(engine, row);
  if (tier !== undefined) for (let i = 0; i < count; i++) tier.cpu.forget(first + i);
  privateHashes.drop(row, count);
}
