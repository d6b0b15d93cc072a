import { notePreempted } from './cpu-tier/fruitless-preemptions.js';
import type { EngineState } from './engine-state.js';
import { registerOutputBlocks, registerPrivateBlocks } from './register-blocks.js';
import { DECODE, PREFILL } from './seats.js';

/**
 * The running request that gives way: the newest one, or under the `priority` policy the one with the largest
 * (priority, arrival). Source: vLLM v0.15.1, scheduler.py `schedule`.
 */
export function preemptionVictim(engine: EngineState): number {
  const { seats, limits } = engine;
  if (!limits.priority) return seats.last;
  let victim = seats.first;
  for (let seat = seats.next[victim]!; seat >= 0; seat = seats.next[seat]!)
    if (yieldsTo(engine, seats.row[seat]!, seats.row[victim]!)) victim = seat;
  return victim;
}

/** Whether request `a` is less important than `b`. Rows are in arrival order, and break ties that real clocks never have. */
function yieldsTo({ table }: EngineState, a: number, b: number): boolean {
  const difference = (table.priority?.[a] ?? 0) - (table.priority?.[b] ?? 0);
  return difference > 0 || (difference === 0 && a > b);
}

/**
 * Takes seat and blocks from a running request and puts it back in the queue; it will recompute all it knows, except
 * what the prefix cache still has. A token that is being computed for it still arrives.
 * Source: vLLM v0.15.1, scheduler.py `_preempt_request`.
 */
export function preempt(engine: EngineState, seat: number): void {
  const { seats, log, step } = engine;
  const row = seats.row[seat]!;
  const inFlight = tokenInFlight(engine, seat);
  const known = knownTokens(engine, seat, inFlight);
  // Tokens it was already given in this step are free again.
  if (seats.scheduledStep[seat] === step) engine.stepTokens -= seats.chunk[seat]!;
  if (engine.limits.prefixCaching) {
    const cached = cachedTokens(engine, seat, inFlight, known);
    registerOutputBlocks(engine, seat, cached);
    registerPrivateBlocks(engine, seat, cached);
  }
  engine.blocks.releaseAll(seat);
  engine.outputsKnown[row] = known - engine.table.promptTokens[row]!;
  if (inFlight) engine.preemptedRows[(step - 1) & 1]!.push(row);
  leavePhase(engine, seat);
  seats.leave(seat);
  log.preemptions[row]! += 1;
  engine.preemptions++;
  engine.stepPreemptions++;
  engine.headBlocked = false;
  engine.waiting.prepend(row);
  if (engine.tier !== undefined) notePreempted(engine.tier, row);
}

/** A seat that is about to be left no longer takes part in steps. */
export function leavePhase({ seats, decodes, prefills }: EngineState, seat: number): void {
  const phase = seats.phase[seat]!;
  if (phase === PREFILL) {
    prefills.remove(seat);
    return;
  }
  if (phase === DECODE) decodes.remove(seat);
  decodes.removeFinish(seat);
}

/** Whether the previous step is still computing a token of this request. */
const tokenInFlight = ({ seats, step, processedStep }: EngineState, seat: number): boolean =>
  seats.phase[seat] !== PREFILL && processedStep < step - 1 && seats.skippedStep[seat] !== step - 1;

/** Tokens of the request the engine has: prompt, and outputs that have returned. */
function knownTokens({ seats, step }: EngineState, seat: number, inFlight: boolean): number {
  const target = seats.target[seat]!;
  if (seats.phase[seat] === PREFILL) return target;
  return target + step - seats.anchor[seat]! - (inFlight ? 1 : 0);
}

/** Tokens of a decode request in the step being formed whose content the engine knows. */
export const returnedContext = (engine: EngineState, seat: number): number =>
  knownTokens(engine, seat, tokenInFlight(engine, seat));

/**
 * Leading tokens whose full blocks are in the prefix cache. Prompt blocks enter when they are scheduled. A generated
 * token enters with the next scheduling that knows it, or when the token after it returns, whichever comes first.
 * Source: vLLM v0.15.1, kv_cache_manager.py `allocate_slots`, async_scheduler.py `_update_request_with_output`.
 */
function cachedTokens(engine: EngineState, seat: number, inFlight: boolean, known: number): number {
  const { seats, step } = engine;
  const computed = seats.computedBefore(seat, step);
  const scheduledNow = seats.scheduledStep[seat] === step;
  if (seats.phase[seat] === PREFILL) return computed + (scheduledNow ? seats.chunk[seat]! : 0);
  if (scheduledNow) return known;
  // The token in flight was scheduled without knowing the one before it, unless nothing else was in flight then.
  const knewPrevious = engine.coldStep === step - 1 || seats.skippedStep[seat] === step - 2;
  return inFlight && !knewPrevious ? Math.max(seats.target[seat]!, computed - 1) : computed;
}
