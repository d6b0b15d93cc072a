import type { RankLatency } from '../../../src/engine/lock-step-ranks.js';
import type { RequestTable } from '../../../src/engine/index.js';
import { batchTokens, emptyBatch } from '../../../src/trace/batch-shape.js';
import type { ServerConfig } from '../../../src/trace/server-config.js';
import { shapeOf } from './engine.js';
import { twinRequest } from './request.js';
import { TwinScheduler, type TwinChunk } from './scheduler.js';

interface TwinRankRow {
  queuedAtUs: number;
  scheduledAtUs: number;
  firstTokenAtUs: number;
  finishedAtUs: number;
}

interface TwinCommonStep {
  readonly startedAtUs: number;
  readonly endUs: number;
  /** Chunks of each rank; none for a dummy batch. */
  readonly chunksOf: readonly (readonly TwinChunk[])[];
}

const IDLE_CHECK_STEPS = 32;

/** Data-parallel ranks of a mixture of experts, turn by turn; requests of an open loop go where `rankOf` says. */
export class TwinRanks {
  readonly rows: TwinRankRow[] = [];
  readonly steps: TwinCommonStep[] = [];
  readonly #table: RequestTable;
  readonly #rankOf: Int32Array;
  readonly #latency: RankLatency;
  readonly #schedulers: readonly TwinScheduler[];
  readonly #depth: number;
  readonly #queue: TwinCommonStep[] = [];
  #nowUs = 0;

  constructor(
    count: number,
    table: RequestTable,
    rankOf: Int32Array,
    server: ServerConfig,
    latency: RankLatency,
  ) {
    this.#table = table;
    this.#rankOf = rankOf;
    this.#latency = latency;
    this.#schedulers = Array.from({ length: count }, () => new TwinScheduler(server));
    this.#depth = server.asyncScheduling ? 2 : 1;
  }

  run(): this {
    while (this.#isOpen() || this.rows.length < this.#table.count) this.#turn();
    return this;
  }

  #isOpen(): boolean {
    return this.#schedulers.some(({ unfinished }) => unfinished > 0);
  }

  #mustStep(): boolean {
    return this.#isOpen() || this.steps.length % IDLE_CHECK_STEPS > 0;
  }

  #inboxUs(): number {
    const row = this.rows.length;
    return row < this.#table.count ? this.#table.arrivedAtUs[row]! + this.#latency.frontBeforeUs : Infinity;
  }

  #turn(): void {
    if (!this.#mustStep() && this.#queue.length === 0) this.#nowUs = Math.max(this.#nowUs, this.#inboxUs());
    while (this.#inboxUs() <= this.#nowUs) this.#receive();
    if (this.#mustStep()) {
      this.#dispatch();
      if (this.#queue.length < this.#depth && this.#queue[0]!.endUs > this.#nowUs) return;
    }
    const oldest = this.#queue.shift();
    if (oldest !== undefined) this.#complete(oldest);
  }

  #receive(): void {
    const row = this.rows.length;
    this.#schedulers[this.#rankOf[row]!]!.add(twinRequest(this.#table, row, this.#table.arrivedAtUs[row]!));
    this.rows.push({
      queuedAtUs: this.#nowUs,
      scheduledAtUs: NaN,
      firstTokenAtUs: NaN,
      finishedAtUs: NaN,
    });
  }

  #dispatch(): void {
    const chunksOf = this.#schedulers.map((scheduler) =>
      scheduler.unfinished > 0 || scheduler.finishedSinceSchedule ? scheduler.schedule() : [],
    );
    for (const { request } of chunksOf.flat()) {
      const row = this.rows[request.row]!;
      if (Number.isNaN(row.scheduledAtUs)) row.scheduledAtUs = this.#nowUs;
    }
    const dummy = { ...emptyBatch(), decodeRequests: 1, decodeContextTokens: 1 };
    const batches = chunksOf.map((chunks) => (chunks.length === 0 ? dummy : shapeOf(chunks)));
    const largest = Math.max(...batches.map(batchTokens));
    const periodUs = Math.max(...batches.map((batch) => this.#latency.rankStepUs(batch, largest)));
    this.#nowUs += this.#latency.hostStepUs;
    const startedAtUs = Math.max(this.#nowUs, this.steps.at(-1)?.endUs ?? 0);
    const step = { startedAtUs, endUs: startedAtUs + periodUs, chunksOf };
    this.steps.push(step);
    this.#queue.push(step);
  }

  #complete({ endUs, chunksOf }: TwinCommonStep): void {
    this.#nowUs = Math.max(this.#nowUs, endUs);
    const clientUs = this.#nowUs + this.#latency.frontAfterUs;
    chunksOf.forEach((chunks, rank) => {
      if (chunks.length === 0) return;
      for (const { row: index, finished } of this.#schedulers[rank]!.update(chunks)) {
        const row = this.rows[index]!;
        if (Number.isNaN(row.firstTokenAtUs)) row.firstTokenAtUs = clientUs;
        if (finished) row.finishedAtUs = clientUs;
      }
    });
  }
}
