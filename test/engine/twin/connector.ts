import type { ServerConfig } from '../../../src/trace/server-config.js';
import { TwinCpuCache } from './cpu-cache.js';
import { blockHash, type TwinRequest } from './request.js';

export interface TwinTransfer {
  readonly request: TwinRequest;
  readonly blocks: number;
}

/** What the scheduler tells the worker with a batch. */
export interface TwinMetadata {
  readonly loads: readonly TwinTransfer[];
  readonly stores: readonly TwinTransfer[];
  readonly preempted: readonly TwinRequest[];
  readonly finished: readonly TwinRequest[];
}

/** What the worker tells the scheduler with the results of a batch. */
export interface TwinReport {
  readonly received: readonly TwinRequest[];
  readonly sent: readonly TwinRequest[];
}

/** Scheduler side of vLLM v0.15.1 offloading_connector.py, method by method. */
export class TwinConnector {
  readonly cache: TwinCpuCache;
  readonly beingStored = new Map<TwinRequest, Set<string>>();
  readonly beingLoaded = new Map<TwinRequest, string[]>();
  readonly #server: ServerConfig;
  readonly #nextStored = new Map<TwinRequest, number>();
  #loads: TwinTransfer[] = [];

  constructor(server: ServerConfig) {
    this.#server = server;
    this.cache = new TwinCpuCache(server.cpuKvBlocks!);
  }

  /** Blocks to load beyond those on the GPU; undefined when the request has to wait for another one's load. */
  matchedBlocks(request: TwinRequest, gpuBlocks: number): number | undefined {
    const hashes = this.#hashes(request, request.tokens.length);
    this.cache.touch(hashes);
    const beyond = hashes.slice(gpuBlocks);
    const found = beyond.slice(0, this.cache.lookup(beyond));
    const loading = new Set([...this.beingLoaded.values()].flat());
    if (this.#server.prefixCaching && found.some((hash) => loading.has(hash))) return undefined;
    return found.length;
  }

  load(request: TwinRequest, gpuBlocks: number, count: number): void {
    const hashes = this.#hashes(request, request.tokens.length).slice(gpuBlocks, gpuBlocks + count);
    this.cache.prepareLoad(hashes);
    this.beingLoaded.set(request, hashes);
    this.#nextStored.set(request, gpuBlocks + count);
    this.#loads.push({ request, blocks: count });
  }

  /** @param scheduled requests of the batch and their tokens in the cache after it, new ones first, resumed ones last */
  metadata(
    scheduled: readonly (readonly [TwinRequest, number])[],
    preempted: readonly TwinRequest[],
    finished: readonly TwinRequest[],
  ): TwinMetadata {
    const stores = scheduled.flatMap(([request, tokens]) => this.#store(request, tokens));
    for (const request of preempted) {
      const hashes = this.beingStored.get(request);
      if (hashes === undefined) continue;
      this.cache.completeStore(hashes);
      hashes.clear();
    }
    const loads = this.#loads;
    this.#loads = [];
    return { loads, stores, preempted, finished };
  }

  #store(request: TwinRequest, tokens: number): TwinTransfer[] {
    const hashes = this.#hashes(request, Math.min(tokens, request.tokens.length));
    const start = this.#nextStored.get(request) ?? 0;
    if (hashes.length <= start) return [];
    const toStore = this.cache.prepareStore(hashes.slice(start));
    if (toStore === undefined) return [];
    this.#nextStored.set(request, hashes.length);
    if (toStore.length === 0) return [];
    this.cache.touch(hashes);
    this.beingStored.set(request, new Set([...(this.beingStored.get(request) ?? []), ...toStore]));
    return [{ request, blocks: toStore.length }];
  }

  update({ received, sent }: TwinReport): void {
    for (const request of received) {
      this.cache.completeLoad(this.beingLoaded.get(request)!);
      this.beingLoaded.delete(request);
    }
    for (const request of sent) {
      this.cache.completeStore(this.beingStored.get(request)!);
      this.beingStored.delete(request);
    }
  }

  #hashes(request: TwinRequest, tokens: number): string[] {
    const { blockSizeTokens } = this.#server;
    const blocks = Math.floor(tokens / blockSizeTokens);
    return Array.from({ length: blocks }, (_, index) => blockHash(request, blockSizeTokens, index));
  }
}
