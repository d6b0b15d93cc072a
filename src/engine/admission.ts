import { budgetLeft, type EngineState } from './engine-state.js';

/** What becomes of the head of the waiting queue. */
export const ADMITTED = 0;
/** It has to wait, and all behind it. */
export const BLOCKED = 1;
/** It has to wait, those behind it do not. */
export const SET_ASIDE = 2;
export type Admission = typeof ADMITTED | typeof BLOCKED | typeof SET_ASIDE;

/** Tokens of a waiting request: its prompt, and outputs from before a preemption. */
export const waitingTokens = ({ table, outputsKnown }: EngineState, row: number): number =>
  table.promptTokens[row]! + outputsKnown[row]!;

/** Tokens a request gets in the step that admits it, of those it has to compute; 0 when it has to wait for budget. */
export function chunkOf(engine: EngineState, uncomputed: number): number {
  const { limits } = engine;
  const wanted = Math.min(uncomputed, limits.chunkTokens);
  const budget = budgetLeft(engine);
  return !limits.chunkedPrefill && wanted > budget ? 0 : Math.min(wanted, budget);
}

/** A request has taken a seat, with tokens in the step being formed. */
export function noteAdmission(engine: EngineState, seat: number, tokens: number): void {
  const { seats, log, step } = engine;
  const row = seats.row[seat]!;
  seats.chunk[seat] = tokens;
  seats.scheduledStep[seat] = step;
  engine.prefills.push(seat);
  engine.stepAdmissions++;
  engine.stepTokens += tokens;
  if (log.scheduledStep[row] !== -1) return;
  log.scheduledStep[row] = step;
  log.scheduledAtUs[row] = engine.scheduledAtUs;
  log.cachedTokens[row] = seats.computed[seat]!;
}
