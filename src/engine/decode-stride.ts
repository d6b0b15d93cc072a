import type { LatencyModel } from '../coefficients/latency-model.js';
import { applyAborts } from './abort.js';
import type { Arrivals } from './arrivals.js';
import type { Deadlines } from './deadlines.js';
import { checkedPeriodUs, type EngineClock } from './engine-clock.js';
import { LIMITED_BY_KV, LIMITED_BY_NOTHING, LIMITED_BY_SEATS, type EngineState } from './engine-state.js';
import { deliver, hasEvents } from './process-outputs.js';
import { growCrossing } from './running-pass.js';
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
 * Runs steps of decodes and nothing else until a request arrives or is aborted, blocks run short, or a finished request makes room
 * for a waiting one. Does exactly what turns of the engine loop would do; under asynchronous scheduling exactly one
 * step with tokens must be in flight, else none.
 */
export function decodeStride(
  engine: EngineState,
  clock: EngineClock,
  arrivals: Arrivals,
  deadlines: Deadlines,
  latency: LatencyModel,
  totals: StepTotals,
): void {
  const { decodes, waiting, pool } = engine;
  const inFlight = engine.limits.asyncScheduling ? 1 : 0;
  engine.limitedBy = strideLimit(engine);
  let events = inFlight === 1 && hasEvents(engine, engine.step - 1);
  do {
    const untilUs = events ? -Infinity : Math.min(arrivals.nextInboxUs, deadlines.nextUs);
    sprint(engine, clock, latency, totals, untilUs);
    const step = engine.step - 1;
    const finishing = decodes.firstFinish(step) >= 0;
    if (finishing) retire(engine, step);
    const aborting = clock.nowUs >= deadlines.nextUs;
    if (aborting) abortBeforeOutputs(engine, arrivals, deadlines, clock.nowUs);
    if (events || (finishing && inFlight === 0)) {
      deliver(engine, arrivals, step - inFlight, clock.nowUs, latency);
      if (waiting.size > 0) return;
    }
    if (aborting) return;
    events = finishing && inFlight === 1;
  } while (
    decodes.count > 0 &&
    clock.nowUs < arrivals.nextInboxUs &&
    decodes.crossings(engine.step) <= pool.free
  );
}

/**
 * The innermost loop: runs one step, and more until one in which requests finish, until blocks run short or the loop's
 * clock reaches `untilUs`. Works on copies of the clock and the totals; nothing in it allocates.
 */
function sprint(
  engine: EngineState,
  clock: EngineClock,
  latency: LatencyModel,
  totals: StepTotals,
  untilUs: number,
): void {
  const { decodes, pool, limits, limitedBy } = engine;
  const { count, contextOffset, finishMask } = decodes;
  const { crossingCounts, finishHeads } = decodes;
  const { startUs: startsUs, endUs: endsUs } = clock;
  const { hostStepUs } = latency;
  let { step } = engine;
  let { nowUs, gpuFreeUs } = clock;
  let { busyUs } = totals;
  let limitedUs = totals.limitedUs[limitedBy]!;
  let residue = step % limits.blockSize;
  do {
    if (crossingCounts[residue]! > 0) growCrossing(engine, step);
    const periodUs = checkedPeriodUs(latency.decodeStepUs(count, contextOffset + count * step));
    nowUs += hostStepUs;
    const startUs = gpuFreeUs > nowUs ? gpuFreeUs : nowUs;
    gpuFreeUs = startUs + periodUs;
    startsUs[step & 3] = startUs;
    endsUs[step & 3] = gpuFreeUs;
    busyUs += periodUs;
    limitedUs += periodUs;
    // The loop now waits for the step before, which ended by then, or without one in flight for this step.
    nowUs = limits.asyncScheduling ? startUs : gpuFreeUs;
    step++;
    residue = residue + 1 === limits.blockSize ? 0 : residue + 1;
  } while (
    finishHeads[(step - 1) & finishMask]! < 0 &&
    nowUs < untilUs &&
    crossingCounts[residue]! <= pool.free
  );
  clock.nowUs = nowUs;
  clock.gpuFreeUs = gpuFreeUs;
  totals.busyUs = busyUs;
  totals.limitedUs[limitedBy] = limitedUs;
  totals.notePeaks(engine);
  advance(engine, step);
}

/** Leaves the engine's step counters as the plain loop would before `step` is formed. */
function advance(engine: EngineState, step: number): void {
  engine.step = step;
  engine.endedSinceSchedule = false;
  engine.processedStep = engine.limits.asyncScheduling ? step - 2 : step - 1;
  if (!engine.limits.asyncScheduling) engine.coldStep = step - 1;
}

/** Aborts come before the outputs of the step the loop has waited for, which `advance` counts as processed. */
function abortBeforeOutputs(
  engine: EngineState,
  arrivals: Arrivals,
  deadlines: Deadlines,
  nowUs: number,
): void {
  engine.processedStep--;
  applyAborts(engine, arrivals, deadlines, nowUs);
  engine.processedStep++;
}

function strideLimit({ waiting, headBlocked }: EngineState): number {
  if (waiting.size === 0) return LIMITED_BY_NOTHING;
  return headBlocked ? LIMITED_BY_KV : LIMITED_BY_SEATS;
}
