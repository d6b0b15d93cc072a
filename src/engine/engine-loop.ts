import type { LatencyModel } from '../coefficients/latency-model.js';
import { TruelineError } from '../errors.js';
import { ArrivalSource } from './arrival-source.js';
import type { EngineState } from './engine-state.js';
import { processOutputs } from './process-outputs.js';
import { schedule } from './schedule.js';
import type { StepTotals } from './simulation-summary.js';

/** What the loop sleeps when it dispatched nothing although requests are unfinished. */
const NOTHING_DISPATCHED_US = 1000;
/** Marks a batch without tokens in the queue of batches. */
const EMPTY = -1;

/** Called once a batch is dispatched (`startedAtUs` NaN and `periodUs` 0 for one without tokens). */
export type StepObserver = (scheduledAtUs: number, startedAtUs: number, periodUs: number) => void;

/**
 * vLLM's busy loop in simulated time: drain the inbox, form a batch, dispatch it, wait for the oldest dispatched one,
 * process its tokens. Asynchronous scheduling keeps two batches dispatched, so that the next one is ready when a batch
 * ends; synchronous scheduling keeps one and pays the loop's CPU time in every step.
 * Source: vLLM v0.15.1, core.py `run_busy_loop`, `step`, `step_with_batch_queue`.
 */
export class EngineLoop {
  readonly #engine: EngineState;
  readonly #arrivals: ArrivalSource;
  readonly #latency: LatencyModel;
  readonly #totals: StepTotals;
  readonly #observe: StepObserver | undefined;
  readonly #depth: number;
  #nowUs = 0;
  #gpuFreeUs = 0;
  /** The GPU is done with batches in order, so only these of the (at most two) dispatched ones matter. */
  #dispatched = 0;
  readonly #batchStep = [EMPTY, EMPTY];
  readonly #batchEndUs = [0, 0];
  /** Start and end of the last four steps, by step modulo 4. */
  readonly #startUs = new Float64Array(4);
  readonly #endUs = new Float64Array(4);
  /** Some request has ended since the last `schedule()`, which must run once more to say so to the workers. */
  #endedSinceSchedule = false;

  constructor(
    engine: EngineState,
    arrivals: ArrivalSource,
    latency: LatencyModel,
    totals: StepTotals,
    observe: StepObserver | undefined,
  ) {
    this.#engine = engine;
    this.#arrivals = arrivals;
    this.#latency = latency;
    this.#totals = totals;
    this.#observe = observe;
    this.#depth = engine.limits.asyncScheduling ? 2 : 1;
  }

  /** Runs until every request has its response. */
  run(): void {
    while (this.#waitForWork()) {
      this.#drainInbox();
      const tokens = this.#hasRequests() ? this.#dispatch() : 0;
      if (tokens > 0 && this.#dispatched < this.#depth && this.#batchEndUs[0]! > this.#nowUs) continue;
      this.#completeOldest();
      if (tokens === 0 && this.#unfinished() > 0) this.#nowUs += NOTHING_DISPATCHED_US;
    }
  }

  /** Sleeps on the inbox when there is nothing to do; false when nothing will ever come. */
  #waitForWork(): boolean {
    if (this.#hasRequests() || this.#dispatched > 0) return true;
    const nextUs = this.#arrivals.nextInboxUs;
    if (nextUs === Infinity) return false;
    if (nextUs > this.#nowUs) this.#nowUs = nextUs;
    return true;
  }

  #hasRequests(): boolean {
    return this.#unfinished() > 0 || this.#endedSinceSchedule;
  }

  #unfinished(): number {
    return this.#engine.seats.count + this.#engine.waiting.size;
  }

  #drainInbox(): void {
    const { log, waiting } = this.#engine;
    for (
      let inboxUs = this.#arrivals.nextInboxUs;
      inboxUs <= this.#nowUs;
      inboxUs = this.#arrivals.nextInboxUs
    ) {
      const row = this.#arrivals.nextRow;
      log.arrivedAtUs[row] = this.#arrivals.take();
      log.queuedAtUs[row] = this.#nowUs;
      log.arrivedStep[row] = this.#stepRunningAt(inboxUs);
      waiting.append(row);
    }
  }

  /** Step on the GPU at an instant since the last drain, −1 when it was idle. */
  #stepRunningAt(atUs: number): number {
    const newest = this.#engine.step - 1;
    for (let step = newest; step >= 0 && step > newest - 4; step--)
      if (this.#startUs[step & 3]! <= atUs) return atUs < this.#endUs[step & 3]! ? step : EMPTY;
    return EMPTY;
  }

  /** Forms a batch and hands it to the GPU. Returns its tokens. */
  #dispatch(): number {
    const engine = this.#engine;
    const scheduledAtUs = this.#nowUs;
    const step = engine.step;
    const tokens = schedule(engine, scheduledAtUs);
    this.#endedSinceSchedule = false;
    if (tokens === 0) {
      this.#totals.emptySteps++;
      this.#enqueue(EMPTY, scheduledAtUs);
      this.#observe?.(scheduledAtUs, NaN, 0);
      return 0;
    }
    const periodUs = this.#stepUs();
    this.#nowUs += this.#latency.hostStepUs;
    const startUs = Math.max(this.#gpuFreeUs, this.#nowUs);
    this.#gpuFreeUs = startUs + periodUs;
    this.#startUs[step & 3] = startUs;
    this.#endUs[step & 3] = this.#gpuFreeUs;
    this.#enqueue(step, this.#gpuFreeUs);
    this.#totals.add(engine, periodUs);
    this.#observe?.(scheduledAtUs, startUs, periodUs);
    return tokens;
  }

  #stepUs(): number {
    const { batch } = this.#engine;
    const us =
      batch.prefillRequests === 0
        ? this.#latency.decodeStepUs(batch.decodeRequests, batch.decodeContextTokens)
        : this.#latency.stepUs(batch);
    if (us >= 0 && us < Infinity) return us;
    throw new TruelineError('ENGINE_INVALID', `the latency model prices a step at ${us} µs`, {
      hint: 'Check the coefficients: a step takes a finite time of at least 0.',
    });
  }

  #enqueue(step: number, endUs: number): void {
    this.#batchStep[this.#dispatched] = step;
    this.#batchEndUs[this.#dispatched] = endUs;
    this.#dispatched++;
  }

  /** Waits for the oldest dispatched batch and processes its tokens. */
  #completeOldest(): void {
    if (this.#dispatched === 0) return;
    const step = this.#batchStep[0]!;
    this.#nowUs = Math.max(this.#nowUs, this.#batchEndUs[0]!);
    this.#dispatched--;
    this.#batchStep[0] = this.#batchStep[1]!;
    this.#batchEndUs[0] = this.#batchEndUs[1]!;
    if (step === EMPTY) return;
    const before = this.#unfinished();
    processOutputs(this.#engine, this.#arrivals, step, this.#nowUs + this.#latency.frontAfterUs);
    if (this.#unfinished() < before) this.#endedSinceSchedule = true;
  }
}
