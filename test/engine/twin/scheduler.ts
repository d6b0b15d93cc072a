import type { ServerConfig } from '../../../src/trace/server-config.js';
import { TwinPool, type TwinBlock } from './blocks.js';
import { TwinConnector, type TwinMetadata, type TwinReport } from './connector.js';
import { blockHash, type TwinRequest } from './request.js';

export interface TwinChunk {
  readonly request: TwinRequest;
  readonly tokens: number;
  readonly computedBefore: number;
  readonly knownBefore: number;
  /** First chunk since admission. */
  readonly resumedOrNew: boolean;
  /** Computes tokens that were known at admission. */
  readonly prefill: boolean;
}

/** A batch being formed. */
interface Batch {
  budget: number;
  readonly chunks: Map<TwinRequest, TwinChunk>;
  readonly preempted: TwinRequest[];
}

/** The obvious scheduler: vLLM v0.15.1 scheduler.py and async_scheduler.py, rule by rule. */
export class TwinScheduler {
  readonly waiting: TwinRequest[] = [];
  running: TwinRequest[] = [];
  readonly pool: TwinPool;
  readonly cachedTokens = new Map<number, number>();
  readonly preemptions = new Map<number, number>();
  finishedSinceSchedule = false;
  /** Of the batch formed last. */
  metadata: TwinMetadata | undefined;
  readonly connector: TwinConnector | undefined;
  readonly #received = new Set<TwinRequest>();
  #finished: TwinRequest[] = [];
  readonly #server: ServerConfig;

  constructor(server: ServerConfig) {
    this.#server = server;
    this.pool = new TwinPool(server.totalKvBlocks! - 1);
    if ((server.cpuKvBlocks ?? 0) > 0) this.connector = new TwinConnector(server);
  }

  add(request: TwinRequest): void {
    this.waiting.push(request);
    this.#sortByPriority();
  }

  schedule(): TwinChunk[] {
    this.finishedSinceSchedule = false;
    const batch: Batch = { budget: this.#server.maxNumBatchedTokens, chunks: new Map(), preempted: [] };
    const preempted = this.#scheduleRunning(batch);
    if (!preempted) this.#scheduleWaiting(batch);
    this.metadata = this.connector?.metadata(this.#described(batch), batch.preempted, this.#finished);
    this.#finished = [];
    for (const { request, tokens } of batch.chunks.values()) {
      request.numComputedTokens += tokens;
      const reached = request.tokens.length + request.numOutputPlaceholders;
      if (this.#server.asyncScheduling && request.numComputedTokens === reached)
        request.numOutputPlaceholders += 1;
    }
    return [...batch.chunks.values()];
  }

  /** Requests of the batch in the order workers hear of them, and their tokens after it. */
  #described(batch: Batch): [TwinRequest, number][] {
    const chunks = [...batch.chunks.values()];
    const rank = ({ request, resumedOrNew }: TwinChunk) =>
      !resumedOrNew ? 1 : this.preemptions.has(request.row) ? 2 : 0;
    return chunks
      .toSorted((a, b) => rank(a) - rank(b))
      .map(({ request, tokens }) => [request, request.numComputedTokens + tokens]);
  }

  /** Returns whether any request was preempted. */
  #scheduleRunning(batch: Batch): boolean {
    let preempted = false;
    for (let index = 0; index < this.running.length && batch.budget > 0; index++) {
      const request = this.running[index]!;
      const wanted = request.tokens.length + request.numOutputPlaceholders - request.numComputedTokens;
      const tokens = Math.min(this.#cap(wanted), batch.budget);
      if (this.#certainToFinish(request) || tokens === 0) continue;
      while (!this.#allocate(request, tokens, 0)) {
        preempted = true;
        const victim = this.#victim();
        const position = this.running.indexOf(victim);
        this.running.splice(position, 1);
        if (position < index) index--;
        this.#withdraw(victim, batch);
        this.#preempt(victim);
        batch.preempted.push(victim);
        if (victim === request) return true;
      }
      batch.chunks.set(request, this.#chunk(request, tokens, request.numComputedTokens, false));
      batch.budget -= tokens;
    }
    return preempted;
  }

  #withdraw(victim: TwinRequest, batch: Batch): void {
    batch.budget += batch.chunks.get(victim)?.tokens ?? 0;
    batch.chunks.delete(victim);
  }

  #scheduleWaiting(batch: Batch): void {
    const skipped: TwinRequest[] = [];
    this.#admitWaiting(batch, skipped);
    this.waiting.unshift(...skipped);
    this.#sortByPriority();
  }

  /** Loads have no effect before the scheduler looks at the request. */
  #noticeLoad(request: TwinRequest): void {
    if (!this.#received.delete(request)) return;
    const loaded = request.blocks.length * this.#server.blockSizeTokens;
    request.numComputedTokens = Math.min(loaded, request.tokens.length - 1);
    this.#cacheBlocks(request, request.numComputedTokens);
    request.status = 'waiting';
  }

  /** Requests that wait for the CPU are moved to `skipped`. */
  #admitWaiting(batch: Batch, skipped: TwinRequest[]): void {
    const server = this.#server;
    while (this.waiting.length > 0 && batch.budget > 0 && this.running.length < server.maxNumSeqs) {
      const request = this.waiting[0]!;
      this.#noticeLoad(request);
      if (request.status === 'loading') {
        skipped.push(this.waiting.shift()!);
        continue;
      }
      // vLLM asks for computed tokens, which one-token blocks can leave at 0; it has no such blocks.
      const looked = request.blocks.length > 0;
      const hits = server.prefixCaching && !looked ? this.#lookup(request) : [];
      const external = looked || !this.connector ? 0 : this.connector.matchedBlocks(request, hits.length);
      if (external === undefined) {
        skipped.push(this.waiting.shift()!);
        continue;
      }
      if (external > 0) {
        const taken = external + hits.filter((block) => block.references === 0).length;
        if (taken > this.pool.freeQueue.length) return;
        this.#load(request, hits, external);
        skipped.push(this.waiting.shift()!);
        continue;
      }
      const cached = looked ? request.numComputedTokens : hits.length * server.blockSizeTokens;
      const wanted = this.#cap(request.tokens.length - cached);
      if (!server.chunkedPrefill && wanted > batch.budget) return;
      const tokens = Math.min(wanted, batch.budget);
      const idleHits = hits.filter((block) => block.references === 0).length;
      const needed =
        Math.ceil((cached + tokens) / server.blockSizeTokens) - hits.length - request.blocks.length;
      if (needed + idleHits > this.pool.freeQueue.length) return;
      this.waiting.shift();
      this.#admit(request, hits, cached, tokens);
      batch.chunks.set(request, this.#chunk(request, tokens, cached, true));
      batch.budget -= tokens;
    }
  }

  #load(request: TwinRequest, hits: TwinBlock[], external: number): void {
    for (const block of hits) this.pool.touch(block);
    request.blocks = [...hits, ...this.pool.allocate(external)];
    request.numCachedBlocks = hits.length;
    request.status = 'loading';
    this.connector!.load(request, hits.length, external);
  }

  #admit(request: TwinRequest, hits: TwinBlock[], cached: number, tokens: number): void {
    for (const block of hits) this.pool.touch(block);
    request.blocks.push(...hits);
    request.numCachedBlocks += hits.length;
    this.#allocate(request, tokens, request.numComputedTokens > 0 ? 0 : cached);
    this.running.push(request);
    request.status = 'running';
    request.knownAtAdmission = request.tokens.length;
    request.numComputedTokens = cached;
    if (!this.cachedTokens.has(request.row)) this.cachedTokens.set(request.row, cached);
  }

  /** Tokens of a finished batch: one for every request whose known tokens were all computed by it. */
  update(chunks: readonly TwinChunk[]): { row: number; finished: boolean }[] {
    const outputs: { row: number; finished: boolean }[] = [];
    const stopped: TwinRequest[] = [];
    for (const chunk of chunks) {
      const { request } = chunk;
      // It ended while this batch was being computed: its token is thrown away.
      if (request.status === 'finished' || !this.#samples(chunk)) continue;
      const wasRunning = request.status === 'running';
      request.tokens.push(`out${request.row}.${request.tokens.length}`);
      const outputTokens = request.tokens.length - request.numPromptTokens;
      const finished = outputTokens === request.stopAfterTokens || outputTokens === request.maxTokens;
      if (this.#server.asyncScheduling) {
        request.numOutputPlaceholders -= 1;
        if (wasRunning) this.#cacheBlocks(request, request.numComputedTokens - request.numOutputPlaceholders);
      }
      outputs.push({ row: request.row, finished });
      if (!finished) continue;
      this.#end(request);
      stopped.push(request);
    }
    this.running = this.running.filter((request) => !stopped.includes(request));
    for (const request of stopped) {
      const position = this.waiting.indexOf(request);
      if (position >= 0) this.waiting.splice(position, 1);
    }
    return outputs;
  }

  /** A request that has not ended ends now. */
  abort(row: number): void {
    const request = [...this.running, ...this.waiting].find((other) => other.row === row)!;
    this.running = this.running.filter((other) => other !== request);
    const position = this.waiting.indexOf(request);
    if (position >= 0) this.waiting.splice(position, 1);
    this.#received.delete(request);
    this.#end(request);
  }

  /** Blocks that are being copied are kept. */
  #end(request: TwinRequest): void {
    request.status = 'finished';
    this.finishedSinceSchedule = true;
    this.#finished.push(request);
    if (!this.#isBeingCopied(request)) this.#release(request);
  }

  #isBeingCopied(request: TwinRequest): boolean {
    const { beingStored, beingLoaded } = this.connector ?? {};
    return beingStored?.has(request) === true || beingLoaded?.has(request) === true;
  }

  /** The worker's report, once the tokens of its batch are processed. */
  updateTransfers(report: TwinReport): void {
    this.connector!.update(report);
    for (const request of report.received) if (request.status === 'loading') this.#received.add(request);
    for (const request of [...report.received, ...report.sent])
      if (request.status === 'finished' && !this.#isBeingCopied(request)) this.#release(request);
  }

  get unfinished(): number {
    return this.running.length + this.waiting.length;
  }

  #chunk(request: TwinRequest, tokens: number, computedBefore: number, resumedOrNew: boolean): TwinChunk {
    const knownBefore = request.tokens.length + request.numOutputPlaceholders;
    const prefill = computedBefore < request.knownAtAdmission;
    return { request, tokens, computedBefore, knownBefore, resumedOrNew, prefill };
  }

  #samples({ computedBefore, tokens, knownBefore }: TwinChunk): boolean {
    return computedBefore + tokens === knownBefore;
  }

  #certainToFinish(request: TwinRequest): boolean {
    return (
      request.numOutputPlaceholders > 0 &&
      request.numComputedTokens + 2 - request.numOutputPlaceholders >=
        request.numPromptTokens + request.maxTokens
    );
  }

  #cap(tokens: number): number {
    const threshold = this.#server.longPrefillTokenThreshold;
    return threshold > 0 ? Math.min(tokens, threshold) : tokens;
  }

  /** Blocks for the computed (or cached) and new tokens; false, and nothing done, when too few are free. */
  #allocate(request: TwinRequest, tokens: number, cached: number): boolean {
    const total = request.numComputedTokens + cached + tokens;
    const needed = Math.ceil(total / this.#server.blockSizeTokens) - request.blocks.length;
    if (needed > this.pool.freeQueue.length) return false;
    if (needed > 0) request.blocks.push(...this.pool.allocate(needed));
    this.#cacheBlocks(request, Math.min(total, request.tokens.length));
    return true;
  }

  #cacheBlocks(request: TwinRequest, tokens: number): void {
    if (!this.#server.prefixCaching) return;
    const full = Math.floor(tokens / this.#server.blockSizeTokens);
    for (; request.numCachedBlocks < full; request.numCachedBlocks++) {
      const index = request.numCachedBlocks;
      this.pool.register(request.blocks[index]!, blockHash(request, this.#server.blockSizeTokens, index));
    }
  }

  #lookup(request: TwinRequest): TwinBlock[] {
    const hits: TwinBlock[] = [];
    const limit = Math.floor((request.tokens.length - 1) / this.#server.blockSizeTokens);
    for (let index = 0; index < limit; index++) {
      const block = this.pool.lookup(blockHash(request, this.#server.blockSizeTokens, index));
      if (block === undefined) break;
      hits.push(block);
    }
    return hits;
  }

  #victim(): TwinRequest {
    if (this.#server.schedulingPolicy === 'fcfs') return this.running.at(-1)!;
    return this.running.reduce((worst, other) => (byPriority(other, worst) > 0 ? other : worst));
  }

  #preempt(request: TwinRequest): void {
    this.#release(request);
    request.status = 'preempted';
    request.numComputedTokens = 0;
    this.preemptions.set(request.row, (this.preemptions.get(request.row) ?? 0) + 1);
    this.waiting.unshift(request);
    this.#sortByPriority();
  }

  #release(request: TwinRequest): void {
    this.pool.free(request.blocks);
    request.blocks = [];
    request.numCachedBlocks = 0;
  }

  #sortByPriority(): void {
    if (this.#server.schedulingPolicy === 'priority') this.waiting.sort(byPriority);
  }
}

const byPriority = (a: TwinRequest, b: TwinRequest): number =>
  a.priority - b.priority || a.arrivedAtUs - b.arrivedAtUs || a.row - b.row;
