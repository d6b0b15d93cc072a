import type { LatencyModel } from '../coefficients/latency-model.js';
import type { ArrivalSource } from './arrival-source.js';
import { checkedPeriodUs, type EngineClock } from './engine-clock.js';
import { LIMITED_BY_KV, LIMITED_BY_NOTHING, LIMITED_BY_SEATS, type EngineState } from './engine-state.js';
import { hasEvents, processOutputs } from './process-outputs.js';
import { retire } from './schedule.js';
import type { StepTotals } from './simulation-summary.js';

/**
 * Whether the next step is certain to hold every running request with one token and nothing else: nobody is in
 * prefill, nobody can be admitted, and there are blocks for all.
 */
export function canStride(engine: EngineState): boolean {
  const { decodes, waiting, seats, limits } = engine;
  if (decodes.count === 0 || engine.prefills.size > 0) return false;
  if (waiting.size > 0 && !engine.headBlocked && seats.count < limits.maxNumSeqs) return false;
  return decodes.crossings(engine.step) <= engine.pool.free;
}

/**
 * Runs steps of decodes and nothing else, with no work per request, until a request arrives, blocks run short, or a
 * finished request makes room for a waiting one. Does exactly what turns of the engine loop would do; under
 * asynchronous scheduling exactly one step with tokens must be in flight, else none.
 */
export function decodeStride(
  engine: EngineState,
  clock: EngineClock,
  arrivals: ArrivalSource,
  latency: LatencyModel,
  totals: StepTotals,
): void {
  const { decodes, pool, waiting } = engine;
  const { hostStepUs, frontAfterUs } = latency;
  const inFlight = engine.limits.asyncScheduling ? 1 : 0;
  engine.limitedBy = strideLimit(engine);
  let events = inFlight === 1 && hasEvents(engine, engine.step - 1);
  for (let step = engine.step, made = true; made; step++) {
    const crossings = decodes.crossings(step);
    if (crossings > pool.free) return;
    if (crossings > 0) growCrossing(engine, step);
    const periodUs = checkedPeriodUs(
      latency.decodeStepUs(decodes.count, decodes.contextOffset + decodes.count * step),
    );
    const inFlightEndUs = clock.gpuFreeUs;
    clock.dispatch(step, periodUs, hostStepUs);
    totals.add(engine, periodUs);
    const finishing = decodes.firstFinish(step) >= 0;
    if (finishing) retire(engine, step);
    engine.step = step + 1;
    engine.endedSinceSchedule = false;
    if (inFlight === 1) clock.waitFor(inFlightEndUs);
    else {
      engine.coldStep = step;
      clock.waitFor(clock.gpuFreeUs);
      events = finishing;
    }
    engine.processedStep = step - inFlight;
    if (events) processOutputs(engine, arrivals, step - inFlight, clock.nowUs + frontAfterUs);
    made = decodes.count > 0 && arrivals.nextInboxUs > clock.nowUs && !(events && waiting.size > 0);
    events = finishing;
  }
}

/** New blocks for the requests whose context fills their last one. */
function growCrossing({ decodes, blocks }: EngineState, step: number): void {
  for (let seat = decodes.firstCrossing(step); seat >= 0; seat = decodes.nextCrossing(seat))
    blocks.grow(seat, 1);
}

function strideLimit({ waiting, headBlocked }: EngineState): number {
  if (waiting.size === 0) return LIMITED_BY_NOTHING;
  return headBlocked ? LIMITED_BY_KV : LIMITED_BY_SEATS;
}
