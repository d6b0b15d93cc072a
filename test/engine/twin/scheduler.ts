import type { ServerConfig } from '../../../src/trace/server-config.js';
import { TwinPool } from './blocks.js';
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

/** The obvious scheduler: vLLM v0.15.1 scheduler.py and async_scheduler.py, rule by rule. */
export class TwinScheduler {
  readonly waiting: TwinRequest[] = [];
  running: TwinRequest[] = [];
  readonly pool: TwinPool;
  readonly cachedTokens = new Map<number, number>();
  readonly preemptions = new Map<number, number>();
  finishedSinceSchedule = false;
  readonly #server: ServerConfig;

  constructor(server: ServerConfig) {
    this.#server = server;
    this.pool = new TwinPool(server.totalKvBlocks! - 1);
  }

  add(request: TwinRequest): void {
    this.waiting.push(request);
    this.#sortByPriority();
  }

  schedule(): TwinChunk[] {
    const server = this.#server;
    let budget = server.maxNumBatchedTokens;
    const scheduled = new Map<TwinRequest, TwinChunk>();
    let preempted = false;
    this.finishedSinceSchedule = false;

    let index = 0;
    while (index < this.running.length && budget > 0) {
      const request = this.running[index]!;
      if (this.#certainToFinish(request)) {
        index++;
        continue;
      }
      const known = request.tokens.length;
      const tokens = Math.min(
        this.#cap(known + request.numOutputPlaceholders - request.numComputedTokens),
        budget,
      );
      if (tokens === 0) {
        index++;
        continue;
      }
      let allocated = this.#allocate(request, tokens, 0);
      while (!allocated) {
        preempted = true;
        const victim = this.#victim();
        const position = this.running.indexOf(victim);
        this.running.splice(position, 1);
        const withdrawn = scheduled.get(victim);
        if (withdrawn !== undefined) {
          budget += withdrawn.tokens;
          scheduled.delete(victim);
        }
        if (position < index) index--;
        this.#preempt(victim);
        if (victim === request) break;
        allocated = this.#allocate(request, tokens, 0);
      }
      if (!allocated) break;
      scheduled.set(request, this.#chunk(request, tokens, request.numComputedTokens, false));
      budget -= tokens;
      index++;
    }

    while (!preempted && this.waiting.length > 0 && budget > 0 && this.running.length < server.maxNumSeqs) {
      const request = this.waiting[0]!;
      const hits = server.prefixCaching ? this.#lookup(request) : [];
      const cached = hits.length * server.blockSizeTokens;
      const wanted = this.#cap(request.tokens.length - cached);
      if (!server.chunkedPrefill && wanted > budget) break;
      const tokens = Math.min(wanted, budget);
      const idleHits = hits.filter((block) => block.references === 0).length;
      const needed = Math.ceil((cached + tokens) / server.blockSizeTokens) - hits.length;
      if (needed + idleHits > this.pool.freeQueue.length) break;
      this.waiting.shift();
      for (const block of hits) this.pool.touch(block);
      request.blocks = [...hits];
      request.numCachedBlocks = hits.length;
      this.#allocate(request, tokens, cached);
      this.running.push(request);
      request.status = 'running';
      request.knownAtAdmission = request.tokens.length;
      request.numComputedTokens = cached;
      if (!this.cachedTokens.has(request.row)) this.cachedTokens.set(request.row, cached);
      scheduled.set(request, this.#chunk(request, tokens, cached, true));
      budget -= tokens;
    }

    for (const { request, tokens } of scheduled.values()) {
      request.numComputedTokens += tokens;
      const reached = request.tokens.length + request.numOutputPlaceholders;
      if (server.asyncScheduling && request.numComputedTokens === reached) request.numOutputPlaceholders += 1;
    }
    return [...scheduled.values()];
  }

  /** Tokens of a finished batch: one for every request whose known tokens were all computed by it. */
  update(chunks: readonly TwinChunk[]): { row: number; finished: boolean }[] {
    const outputs: { row: number; finished: boolean }[] = [];
    const stopped: TwinRequest[] = [];
    for (const chunk of chunks) {
      const { request } = chunk;
      if (!this.#samples(chunk)) continue;
      const wasRunning = request.status === 'running';
      request.tokens.push(`out${request.row}.${request.tokens.length}`);
      const finished = request.tokens.length === request.numPromptTokens + request.maxTokens;
      if (this.#server.asyncScheduling) {
        request.numOutputPlaceholders -= 1;
        if (wasRunning) this.#cacheBlocks(request, request.numComputedTokens - request.numOutputPlaceholders);
      }
      outputs.push({ row: request.row, finished });
      if (!finished) continue;
      request.status = 'finished';
      this.#release(request);
      this.finishedSinceSchedule = true;
      stopped.push(request);
    }
    this.running = this.running.filter((request) => !stopped.includes(request));
    for (const request of stopped) {
      const position = this.waiting.indexOf(request);
      if (position >= 0) this.waiting.splice(position, 1);
    }
    return outputs;
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

  #lookup(request: TwinRequest) {
    const hits = [];
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
