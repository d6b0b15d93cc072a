import type { LatencyModel } from '../coefficients/latency-model.js';
import { applyAborts } from './abort.js';
import type { Arrivals } from './arrivals.js';
import { beginTransfers, finishTransfers } from './cpu-tier/handle-transfers.js';
import type { TransferReport } from './cpu-tier/offload-worker.js';
import { applyReport } from './cpu-tier/park-blocks.js';
import { refuseDeadlock } from './cpu-tier/deadlock.js';
import { Deadlines } from './deadlines.js';
import { CompiledKernels } from './compiled-kernels.js';
import { canStride, decodeStride } from './decode-stride.js';
import { batchUs, EngineClock } from './engine-clock.js';
import { hasRequests, unfinishedRequests, type EngineState } from './engine-state.js';
import type { LawChecker } from './laws.js';
import { deliver } from './process-outputs.js';
import { noteStart } from './note-start.js';
import { receiveRequest } from './receive-request.js';
import { schedule } from './schedule.js';
import type { StepTotals } from './simulation-summary.js';

/** What the loop sleeps when it dispatched nothing although requests are unfinished. */
const NOTHING_DISPATCHED_US = 1000;
/** Marks a batch without tokens in the queue of batches. */
const EMPTY = -1;

/** Called once a batch with tokens is dispatched. */
export type StepObserver = (startedAtUs: number, periodUs: number) => void;

/**
 * vLLM's busy loop in simulated time: drain the inbox, form a batch, dispatch it, wait for the oldest dispatched one,
 * process its tokens. Asynchronous scheduling keeps two batches dispatched, so that the next one is ready when a batch
 * ends; synchronous scheduling keeps one and pays the loop's CPU time in every step.
 * Source: vLLM v0.15.1, core.py `run_busy_loop`, `step`, `step_with_batch_queue`.
 */
export class EngineLoop {
  readonly #engine: EngineState;
  readonly #arrivals: Arrivals;
  readonly #latency: LatencyModel;
  readonly #totals: StepTotals;
  readonly #observe: StepObserver | undefined;
  readonly #laws: LawChecker | undefined;
  readonly #clock = new EngineClock();
  readonly #deadlines: Deadlines;
  readonly #kernels: CompiledKernels;
  /** Batches the loop dispatches before it waits for one. */
  readonly #depth: number;
  /** Dispatched batches, oldest first: step numbers and instants of completion. */
  #dispatched = 0;
  readonly #batchStep = [EMPTY, EMPTY];
  readonly #batchEndUs = [0, 0];
  readonly #batchReport: (TransferReport | undefined)[] = [undefined, undefined];

  constructor(
    engine: EngineState,
    arrivals: Arrivals,
    latency: LatencyModel,
    totals: StepTotals,
    observe: StepObserver | undefined,
    laws: LawChecker | undefined,
  ) {
    this.#engine = engine;
    this.#arrivals = arrivals;
    this.#latency = latency;
    this.#totals = totals;
    this.#observe = observe;
    this.#laws = laws;
    this.#kernels = new CompiledKernels(latency.firstUse);
    this.#deadlines = new Deadlines(engine.table, engine.log, latency.frontBeforeUs);
    this.#depth = engine.limits.asyncScheduling ? 2 : 1;
  }

  /** Where the loop's thread is, in µs. */
  get nowUs(): number {
    return this.#clock.nowUs;
  }

  /** When the next turn begins; Infinity while there is nothing to do and nothing in the inbox. */
  wakesUs(): number {
    const { nowUs } = this.#clock;
    return this.#hasWork() ? nowUs : Math.max(nowUs, this.#arrivals.nextInboxUs);
  }

  /** One turn of the loop, or many turns of decodes only; false when every request has its response. */
  turn(): boolean {
    if (!this.#waitForWork()) return false;
    this.#drainInbox();
    if (this.#canStride()) this.#stride();
    else this.#plainTurn();
    this.#laws?.turned(this.#clock);
    return true;
  }

  /** Sleeps on the inbox when there is nothing to do; false when nothing will ever come. */
  #waitForWork(): boolean {
    if (this.#hasWork()) return true;
    const nextUs = this.#arrivals.nextInboxUs;
    if (nextUs === Infinity) return false;
    this.#clock.waitFor(nextUs);
    return true;
  }

  #hasWork(): boolean {
    return hasRequests(this.#engine) || this.#dispatched > 0;
  }

  #drainInbox(): void {
    const { nowUs } = this.#clock;
    do {
      while (this.#arrivals.nextInboxUs <= nowUs) this.#receive(this.#arrivals.nextInboxUs, nowUs);
      // A client that has given up may have sent its next request meanwhile.
      this.#applyAborts();
    } while (this.#arrivals.nextInboxUs <= nowUs);
  }

  #receive(inboxUs: number, nowUs: number): void {
    const { log, step } = this.#engine;
    log.arrivedStep[this.#arrivals.nextRow] = this.#clock.stepAt(inboxUs, step - 1);
    receiveRequest(this.#engine, this.#arrivals, this.#deadlines, nowUs);
  }

  #applyAborts(): void {
    applyAborts(this.#engine, this.#arrivals, this.#deadlines, this.#clock.nowUs);
  }

  #plainTurn(): void {
    const tokens = hasRequests(this.#engine) ? this.#dispatch() : 0;
    if (tokens > 0 && this.#dispatched < this.#depth && this.#batchEndUs[0]! > this.#clock.nowUs) return;
    this.#completeOldest();
    if (tokens === 0 && unfinishedRequests(this.#engine) > 0) this.#sleep();
  }

  #sleep(): void {
    this.#clock.nowUs += NOTHING_DISPATCHED_US;
    if (this.#arrivals.nextInboxUs < Infinity || this.#deadlines.nextUs < Infinity) return;
    const { tier } = this.#engine;
    const empty = this.#dispatched === 0 || this.#batchStep[0] === EMPTY;
    if (tier !== undefined && empty) refuseDeadlock(this.#engine, tier);
  }

  /** Forms a batch and hands it to the GPU. Returns its tokens. */
  #dispatch(): number {
    const scheduledAtUs = this.#clock.nowUs;
    const { step, batch } = this.#engine;
    const tokens = schedule(this.#engine, scheduledAtUs);
    this.#laws?.scheduled(tokens);
    const { tier } = this.#engine;
    if (tier !== undefined) beginTransfers(tier, this.#clock);
    if (tokens === 0) {
      this.#totals.emptySteps++;
      this.#enqueue(EMPTY, this.#clock.nowUs);
      return 0;
    }
    const periodUs = batchUs(this.#latency, batch);
    const hostUs = this.#latency.hostStepUs + this.#compileUs(tokens);
    const startedAtUs = this.#clock.dispatch(step, periodUs, hostUs);
    this.#enqueue(step, this.#clock.gpuFreeUs);
    noteStart(this.#engine, step, startedAtUs);
    this.#totals.add(this.#engine, periodUs);
    this.#observe?.(startedAtUs, periodUs);
    return tokens;
  }

  /** Host time for kernels that a batch is the first to need, in µs. */
  #compileUs(tokens: number): number {
    const us = this.#kernels.compileUs(tokens);
    if (us > 0) this.#totals.compilations++;
    return us;
  }

  #enqueue(step: number, endUs: number): void {
    this.#batchStep[this.#dispatched] = step;
    this.#batchEndUs[this.#dispatched] = endUs;
    const { tier } = this.#engine;
    if (tier !== undefined) this.#batchReport[this.#dispatched] = finishTransfers(tier, this.#clock.nowUs);
    this.#dispatched++;
  }

  /** Waits for the oldest dispatched batch and processes its tokens. */
  #completeOldest(): void {
    if (this.#dispatched === 0) return;
    const step = this.#batchStep[0]!;
    const report = this.#batchReport[0];
    this.#clock.waitFor(this.#batchEndUs[0]!);
    this.#applyAborts();
    this.#dispatched--;
    this.#batchStep[0] = this.#batchStep[1]!;
    this.#batchEndUs[0] = this.#batchEndUs[1]!;
    this.#batchReport[0] = this.#batchReport[1];
    if (step !== EMPTY) deliver(this.#engine, this.#arrivals, step, this.#clock.nowUs, this.#latency);
    if (report !== undefined) applyReport(this.#engine, this.#engine.tier!, report);
  }

  /**
   * Strides keep no record of single steps, offload and compile nothing, and need the queue of batches as every turn leaves
   * it under load.
   */
  #canStride(): boolean {
    if (this.#observe !== undefined || this.#engine.tier !== undefined) return false;
    if (this.#dispatched !== this.#depth - 1) return false;
    if (this.#dispatched === 1 && this.#batchStep[0] === EMPTY) return false;
    return this.#kernels.isReady(this.#engine.decodes.count) && canStride(this.#engine);
  }

  #stride(): void {
    decodeStride(this.#engine, this.#clock, this.#arrivals, this.#deadlines, this.#latency, this.#totals);
    this.#batchStep[0] = this.#engine.step - 1;
    this.#batchEndUs[0] = this.#clock.gpuFreeUs;
  }
}
