import type { LatencyModel } from '../../../src/coefficients/latency-model.js';
import type { RequestTable } from '../../../src/engine/index.js';
import { emptyBatch, type BatchShape } from '../../../src/trace/batch-shape.js';
import { REQUEST_STATUSES } from '../../../src/trace/trace.js';
import type { ServerConfig } from '../../../src/trace/server-config.js';
import type { TwinReport } from './connector.js';
import { twinRequest } from './request.js';
import { TwinScheduler, type TwinChunk } from './scheduler.js';
import { TwinTransferWorker } from './transfer-worker.js';

export interface TwinRow {
  arrivedAtUs: number;
  queuedAtUs: number;
  scheduledAtUs: number;
  firstTokenAtUs: number;
  finishedAtUs: number;
  cachedTokens: number;
  preemptions: number;
  arrivedStep: number;
  scheduledStep: number;
  firstTokenStep: number;
  finishedStep: number;
  outputTokens: number;
  status: number;
}

export interface TwinStep extends BatchShape {
  id: number;
  scheduledAtUs: number;
  startedAtUs: number;
  periodUs: number;
  running: number;
  waiting: number;
  kvBlocksUsed: number;
}

const FINISHED = REQUEST_STATUSES.indexOf('finished');
const ABORTED = REQUEST_STATUSES.indexOf('aborted');

interface Dispatched {
  readonly step: number;
  readonly chunks: readonly TwinChunk[];
  readonly endUs: number;
  readonly report: TwinReport | undefined;
}

/** More turns than any random run takes. */
const LONGEST_TURNS = 1e4;
export const ENDLESS = 'the twin does not come to an end';

/** The whole engine, step by step: vLLM v0.15.1 core.py `run_busy_loop`, `step`, `step_with_batch_queue`. */
export class TwinEngine {
  readonly rows: TwinRow[] = [];
  readonly steps: TwinStep[] = [];
  readonly #table: RequestTable;
  readonly #server: ServerConfig;
  readonly #latency: LatencyModel;
  readonly #scheduler: TwinScheduler;
  readonly #queue: Dispatched[] = [];
  readonly #worker: TwinTransferWorker;
  #nowUs = 0;
  #gpuFreeUs = 0;
  #scheduleCalls = 0;

  /** @param copyUs time to copy one block between GPU and CPU */
  constructor(table: RequestTable, server: ServerConfig, latency: LatencyModel, copyUs = 0) {
    this.#table = table;
    this.#server = server;
    this.#latency = latency;
    this.#scheduler = new TwinScheduler(server);
    this.#worker = new TwinTransferWorker(copyUs);
  }

  run(): this {
    for (let turn = 0; this.#turn(); turn++) if (turn > LONGEST_TURNS) throw new Error(ENDLESS);
    this.rows.forEach((row, index) => {
      row.cachedTokens = this.#scheduler.cachedTokens.get(index) ?? -1;
      row.preemptions = this.#scheduler.preemptions.get(index) ?? 0;
    });
    return this;
  }

  #turn(): boolean {
    const scheduler = this.#scheduler;
    if (!this.#hasRequests() && this.#queue.length === 0) {
      const nextUs = this.#nextInboxUs();
      if (nextUs === undefined) return false;
      this.#nowUs = Math.max(this.#nowUs, nextUs);
    }
    do {
      this.#drainInbox();
      this.#applyAborts();
    } while ((this.#nextInboxUs() ?? Infinity) <= this.#nowUs);
    const executed = this.#hasRequests() && this.#dispatch();
    const depth = this.#server.asyncScheduling ? 2 : 1;
    if (executed && this.#queue.length < depth && this.#queue[0]!.endUs > this.#nowUs) return true;
    const oldest = this.#queue.shift();
    if (oldest !== undefined) this.#complete(oldest);
    if (!executed && scheduler.unfinished > 0) this.#nowUs += 1000;
    return true;
  }

  #hasRequests(): boolean {
    return this.#scheduler.unfinished > 0 || this.#scheduler.finishedSinceSchedule;
  }

  /** When the next request reaches the inbox; undefined when none is left or its stage is closed. */
  #nextInboxUs(): number | undefined {
    const row = this.rows.length;
    if (row === this.#table.count) return undefined;
    const startUs = this.#stageStartUs(this.#table.stage[row]!);
    return startUs === undefined
      ? undefined
      : startUs + this.#table.arrivedAtUs[row]! + this.#latency.frontBeforeUs;
  }

  #stageStartUs(stage: number): number | undefined {
    if (this.#table.stageGapUs === undefined) return 0;
    const before = [...this.#table.stage.keys()].filter((row) => this.#table.stage[row]! < stage);
    const responses = before.map((row) => this.rows[row]?.finishedAtUs ?? NaN);
    if (responses.length === 0) return 0;
    return responses.some(Number.isNaN) ? undefined : Math.max(...responses) + this.#table.stageGapUs;
  }

  #drainInbox(): void {
    for (
      let inboxUs = this.#nextInboxUs();
      inboxUs !== undefined && inboxUs <= this.#nowUs;
      inboxUs = this.#nextInboxUs()
    ) {
      const row = this.rows.length;
      const arrivedAtUs = this.#stageStartUs(this.#table.stage[row]!)! + this.#table.arrivedAtUs[row]!;
      this.#scheduler.add(twinRequest(this.#table, row, arrivedAtUs));
      this.rows.push({
        arrivedAtUs,
        queuedAtUs: this.#nowUs,
        scheduledAtUs: NaN,
        firstTokenAtUs: NaN,
        finishedAtUs: NaN,
        cachedTokens: -1,
        preemptions: 0,
        arrivedStep: this.#stepRunningAt(inboxUs),
        scheduledStep: -1,
        firstTokenStep: -1,
        finishedStep: -1,
        outputTokens: 0,
        status: FINISHED,
      });
    }
  }

  #stepRunningAt(atUs: number): number {
    return this.steps.findLastIndex(
      ({ startedAtUs, periodUs }) => startedAtUs <= atUs && atUs < startedAtUs + periodUs,
    );
  }

  #dispatch(): boolean {
    const scheduledAtUs = this.#nowUs;
    const chunks = this.#scheduler.schedule();
    const id = ++this.#scheduleCalls;
    const { metadata } = this.#scheduler;
    if (metadata !== undefined) this.#nowUs = this.#worker.start(metadata, this.#nowUs, this.#gpuFreeUs);
    if (chunks.length === 0) {
      const report = metadata && this.#worker.finish(metadata, this.#nowUs);
      this.#queue.push({ step: -1, chunks, endUs: this.#nowUs, report });
      return false;
    }
    const batch = shapeOf(chunks);
    const periodUs = this.#latency.stepUs(batch);
    this.#nowUs += this.#latency.hostStepUs;
    const startedAtUs = Math.max(this.#gpuFreeUs, this.#nowUs);
    this.#gpuFreeUs = startedAtUs + periodUs;
    for (const { request } of chunks) {
      const row = this.rows[request.row]!;
      if (row.scheduledStep >= 0) continue;
      row.scheduledStep = this.steps.length;
      row.scheduledAtUs = scheduledAtUs;
    }
    const report = metadata && this.#worker.finish(metadata, this.#nowUs);
    this.#queue.push({ step: this.steps.length, chunks, endUs: this.#gpuFreeUs, report });
    const { running, waiting, pool } = this.#scheduler;
    const kvBlocksUsed = this.#server.totalKvBlocks! - 1 - pool.freeQueue.length;
    const depths = { running: running.length, waiting: waiting.length, kvBlocksUsed };
    this.steps.push({ ...batch, ...depths, id, scheduledAtUs, startedAtUs, periodUs });
    return true;
  }

  #complete(batch: Dispatched): void {
    this.#nowUs = Math.max(this.#nowUs, batch.endUs);
    this.#applyAborts();
    const clientUs = this.#nowUs + this.#latency.frontAfterUs;
    for (const { row: index, finished } of this.#scheduler.update(batch.chunks)) {
      const row = this.rows[index]!;
      row.outputTokens++;
      if (row.firstTokenStep < 0) {
        row.firstTokenStep = batch.step;
        row.firstTokenAtUs = clientUs;
      }
      if (finished) {
        row.finishedStep = batch.step;
        row.finishedAtUs = clientUs + row.outputTokens * this.#latency.frontAfterPerOutputTokenUs!;
        if (this.#givenUpAtUs(index) < row.finishedAtUs) this.#abort(index);
      }
    }
    if (batch.report !== undefined) this.#scheduler.updateTransfers(batch.report);
  }

  #givenUpAtUs(index: number): number {
    return this.rows[index]!.arrivedAtUs + (this.#table.abortAfterUs?.[index] ?? Infinity);
  }

  /** Every abort that has reached the engine by now, in order. */
  #applyAborts(): void {
    const reachesUs = (index: number) => this.#givenUpAtUs(index) + this.#latency.frontBeforeUs;
    const due = [...this.rows.keys()].filter(
      (index) => Number.isNaN(this.rows[index]!.finishedAtUs) && reachesUs(index) <= this.#nowUs,
    );
    for (const index of due.toSorted((a, b) => reachesUs(a) - reachesUs(b) || a - b)) {
      this.#scheduler.abort(index);
      this.#abort(index);
    }
  }

  /** What the client of an aborted request has seen. */
  #abort(index: number): void {
    const row = this.rows[index]!;
    row.status = ABORTED;
    row.finishedAtUs = this.#givenUpAtUs(index);
    row.finishedStep = -1;
    if (row.firstTokenAtUs <= row.finishedAtUs) return;
    row.firstTokenAtUs = NaN;
    row.firstTokenStep = -1;
  }
}

/** The batch of these chunks. */
export function shapeOf(chunks: readonly TwinChunk[]): BatchShape {
  const batch = emptyBatch();
  for (const { request, tokens, computedBefore, resumedOrNew, prefill } of chunks) {
    const context = computedBefore + tokens;
    if (resumedOrNew) batch.newRequests++;
    if (!prefill) {
      batch.decodeRequests++;
      batch.decodeContextTokens += context;
      continue;
    }
    batch.prefillRequests++;
    batch.prefillTokens += tokens;
    batch.prefillContextTokens += context;
    batch.prefillAttentionPairs += tokens * (computedBefore + tokens / 2);
    batch.prefillPromptPairs += tokens * (request.numPromptTokens + tokens / 2);
  }
  return batch;
}
