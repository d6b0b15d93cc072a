import type { LatencyModel } from '../coefficients/latency-model.js';
import { emptyBatch, type BatchShape } from '../trace/batch-shape.js';
import { applyAborts } from './abort.js';
import type { Arrivals } from './arrivals.js';
import { CompiledKernels } from './compiled-kernels.js';
import { Deadlines } from './deadlines.js';
import { checkedPeriodUs, EngineClock } from './engine-clock.js';
import type { EngineLimits } from './engine-limits.js';
import { hasRequests, newEngineState, unfinishedRequests, type EngineState } from './engine-state.js';
import { LawChecker } from './laws.js';
import { LoadBalancer } from './load-balancer.js';
import { noteStart } from './note-start.js';
import { deliver } from './process-outputs.js';
import { receiveRequest } from './receive-request.js';
import { ReplicaInbox } from './replica-inbox.js';
import { RequestLog } from './request-log.js';
import type { RequestTable } from './request-table.js';
import { schedule } from './schedule.js';
import type { StepTotals } from './simulation-summary.js';

/** Ranks ask each other whether all are idle once in so many steps, and run dummy batches until then. */
const IDLE_CHECK_STEPS = 32;
/** Marks a rank that ran a dummy batch. */
const DUMMY_STEP = -1;
/** What a rank without work runs. */
const DUMMY_BATCH: Readonly<BatchShape> = { ...emptyBatch(), decodeRequests: 1, decodeContextTokens: 1 };

/** Latency model that prices the steps of data-parallel ranks. */
export type RankLatency = LatencyModel & Required<Pick<LatencyModel, 'rankStepUs'>>;

interface Rank {
  readonly engine: EngineState;
  readonly inbox: ReplicaInbox;
  readonly deadlines: Deadlines;
  readonly laws: LawChecker | undefined;
}

/** A step of all ranks at once. */
interface CommonStep {
  readonly endUs: number;
  /** Step number of each rank's engine, or DUMMY_STEP. */
  readonly stepOf: readonly number[];
}

/**
 * Data-parallel ranks of a mixture of experts: each schedules its own requests, and all run every step together, since
 * experts are spread over them. A step takes as long as its slowest rank; all are padded to the tokens of the largest, and
 * ranks without work run a batch of one token. Readings where the source leaves room: the loops of all ranks take turns at the
 * same instants, and a rank whose `schedule()` finds nothing for its requests runs the dummy batch without sleeping before.
 * Source: vLLM v0.15.1, core.py `DPEngineCoreProc`, dp_utils.py `coordinate_batch_across_dp`.
 */
export class LockStepRanks {
  readonly engines: readonly EngineState[];
  /** Rank each request went to, by row. */
  readonly replicaOf: Int32Array;
  readonly #source: Arrivals;
  readonly #ranks: readonly Rank[];
  readonly #balancer: LoadBalancer;
  readonly #latency: RankLatency;
  readonly #totals: StepTotals;
  readonly #kernels: CompiledKernels;
  readonly #clock = new EngineClock();
  readonly #depth: number;
  readonly #dispatched: CommonStep[] = [];
  #steps = 0;

  constructor(
    count: number,
    table: RequestTable,
    limits: EngineLimits,
    source: Arrivals,
    latency: RankLatency,
    totals: StepTotals,
    check: boolean,
  ) {
    const log = new RequestLog(table.count);
    this.#source = source;
    this.#balancer = new LoadBalancer(count);
    this.#latency = latency;
    this.#totals = totals;
    this.#kernels = new CompiledKernels(latency.firstUse);
    this.#depth = limits.asyncScheduling ? 2 : 1;
    this.replicaOf = new Int32Array(table.count);
    this.#ranks = Array.from({ length: count }, () => {
      const engine = newEngineState(table, limits, log);
      const inbox = new ReplicaInbox(source);
      const deadlines = new Deadlines(table, log, latency.frontBeforeUs);
      return { engine, inbox, deadlines, laws: check ? new LawChecker(engine, inbox) : undefined };
    });
    this.engines = this.#ranks.map(({ engine }) => engine);
  }

  /** Runs until every request has its response. */
  run(): void {
    while (this.#turn());
    for (const { laws } of this.#ranks) laws?.ended();
  }

  #turn(): boolean {
    if (!this.#waitForWork()) return false;
    this.#drainInboxes();
    if (this.#mustStep()) {
      this.#dispatch();
      if (this.#dispatched.length < this.#depth && this.#dispatched[0]!.endUs > this.#clock.nowUs)
        return true;
    }
    this.#completeOldest();
    this.#endTurn();
    return true;
  }

  /** Sleeps on the inboxes when all ranks know that all are idle; false when nothing will ever come. */
  #waitForWork(): boolean {
    const nextUs = this.#source.nextInboxUs;
    if (nextUs === Infinity && !this.#isUnfinished()) return false;
    if (this.#mustStep() || this.#dispatched.length > 0) return true;
    this.#clock.waitFor(nextUs);
    return true;
  }

  #isUnfinished(): boolean {
    return this.engines.some((engine) => unfinishedRequests(engine) > 0);
  }

  #mustStep(): boolean {
    return this.#isUnfinished() || this.#steps % IDLE_CHECK_STEPS !== 0;
  }

  #drainInboxes(): void {
    const { nowUs } = this.#clock;
    do {
      while (this.#source.nextInboxUs <= nowUs) this.#route();
      for (const { engine, inbox, deadlines } of this.#ranks) {
        while (inbox.nextInboxUs <= nowUs) receiveRequest(engine, inbox, deadlines, nowUs);
        applyAborts(engine, inbox, deadlines, nowUs);
      }
      // A client that has given up may have sent its next request meanwhile.
    } while (this.#source.nextInboxUs <= nowUs);
    this.#balancer.advance(nowUs);
  }

  #route(): void {
    this.#balancer.advance(this.#source.nextInboxUs);
    const chosen = this.#balancer.choose();
    this.replicaOf[this.#source.nextRow] = chosen;
    this.#ranks[chosen]!.inbox.receive();
  }

  /** Forms a batch on every rank and hands them to the GPUs as one step. */
  #dispatch(): void {
    const stepOf = this.engines.map(({ step }) => step);
    const tokens = this.engines.map((engine) => this.#schedule(engine));
    const largestTokens = Math.max(1, ...tokens);
    const periodUs = this.#periodUs(tokens, largestTokens);
    const hostUs = this.#latency.hostStepUs + this.#compileUs(largestTokens);
    const startedAtUs = this.#clock.dispatch(this.#steps++, periodUs, hostUs);
    this.#ranks.forEach(({ engine, laws }, rank) => {
      laws?.scheduled(tokens[rank]!);
      if (tokens[rank] === 0) stepOf[rank] = DUMMY_STEP;
      else {
        noteStart(engine, stepOf[rank]!, startedAtUs);
        this.#totals.add(engine, periodUs);
      }
    });
    this.#dispatched.push({ endUs: this.#clock.gpuFreeUs, stepOf });
  }

  /** Forms the batch of one rank; 0 tokens when it has nothing to run. */
  #schedule(engine: EngineState): number {
    if (!hasRequests(engine)) return 0;
    const tokens = schedule(engine, this.#clock.nowUs);
    if (tokens === 0) this.#totals.emptySteps++;
    return tokens;
  }

  /** The exchange of tokens between experts lets no rank go ahead, so a step takes what its slowest rank takes. */
  #periodUs(tokens: readonly number[], largestTokens: number): number {
    const periodsUs = this.engines.map(({ batch }, rank) =>
      this.#latency.rankStepUs(tokens[rank] === 0 ? DUMMY_BATCH : batch, largestTokens),
    );
    return checkedPeriodUs(Math.max(...periodsUs));
  }

  /** Host time for kernels that a step is the first to need, in µs. */
  #compileUs(tokens: number): number {
    const us = this.#kernels.compileUs(tokens);
    if (us > 0) this.#totals.compilations++;
    return us;
  }

  /** Waits for the oldest dispatched step and processes the tokens of every rank. */
  #completeOldest(): void {
    const oldest = this.#dispatched.shift();
    if (oldest === undefined) return;
    this.#clock.waitFor(oldest.endUs);
    const { nowUs } = this.#clock;
    this.#ranks.forEach(({ engine, inbox, deadlines }, rank) => {
      applyAborts(engine, inbox, deadlines, nowUs);
      const step = oldest.stepOf[rank]!;
      if (step !== DUMMY_STEP) deliver(engine, inbox, step, nowUs, this.#latency);
    });
  }

  #endTurn(): void {
    this.#ranks.forEach(({ engine, laws }, rank) => {
      laws?.turned(this.#clock);
      const load = { waiting: engine.waiting.size, running: engine.seats.count };
      this.#balancer.report(rank, { atUs: this.#clock.nowUs, ...load });
    });
  }
}
