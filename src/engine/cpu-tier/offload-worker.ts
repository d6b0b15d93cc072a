import { CopyStream } from './copy-stream.js';

/** Blocks of one request to be copied in one direction. */
export interface Copy {
  readonly row: number;
  readonly blocks: number;
}

interface Job {
  readonly row: number;
  readonly endUs: number;
}

/** Requests whose copies the worker has found done; travels with the results of the batch it was found in. */
export interface TransferReport {
  /** Loads that ended. */
  readonly loaded: readonly number[];
  /** Ended requests none of whose stores is left. */
  readonly stored: readonly number[];
}

/**
 * The worker's side of offloading: submits copies when it handles a batch, and looks once per batch which are done.
 * Stores of a batch are submitted with the next one, so that they never delay sampling.
 * Source: vLLM v0.15.1, offloading_connector.py `OffloadingConnectorWorker`.
 */
export class OffloadWorker {
  readonly #toCpu: CopyStream;
  readonly #toGpu: CopyStream;
  #unsubmitted: readonly Copy[] = [];
  #stores: Job[] = [];
  #loads: Job[] = [];
  /** Stores of each request that are not known to be done, by row; 0 once all are. */
  readonly #storesOf = new Map<number, number>();
  readonly #ended = new Set<number>();

  /** @param copyUs time to copy one block */
  constructor(copyUs: number) {
    this.#toCpu = new CopyStream(copyUs);
    this.#toGpu = new CopyStream(copyUs);
  }

  /**
   * Before the forward pass of a batch: waits for the stores of preempted requests, then submits. Returns when it is
   * done with that.
   * @param computedUs when all batches before this one have been computed
   */
  begin(nowUs: number, computedUs: number, preempted: readonly number[], loads: readonly Copy[]): number {
    this.#submitStores(nowUs, computedUs);
    let readyUs = nowUs;
    for (const { row, endUs } of this.#stores)
      if (endUs > readyUs && preempted.includes(row)) readyUs = endUs;
    for (const { row, blocks } of loads) this.#loads.push({ row, endUs: this.#toGpu.copy(readyUs, blocks) });
    return readyUs;
  }

  #submitStores(nowUs: number, computedUs: number): void {
    for (const { row, blocks } of this.#unsubmitted)
      this.#stores.push({ row, endUs: this.#toCpu.copy(Math.max(nowUs, computedUs), blocks) });
    this.#unsubmitted = [];
  }

  /**
   * After the launch of a batch: notes its stores and looks for copies that are done.
   * @param ended requests that have ended since the batch before this one was formed
   */
  finish(nowUs: number, stores: readonly Copy[], ended: readonly number[]): TransferReport {
    this.#unsubmitted = stores;
    for (const { row } of stores) this.#storesOf.set(row, (this.#storesOf.get(row) ?? 0) + 1);
    const stored = this.#collectStores(nowUs);
    for (const row of ended) {
      const left = this.#storesOf.get(row);
      if (left === undefined) continue;
      if (left === 0) stored.push(row);
      else this.#ended.add(row);
    }
    for (const row of stored) this.#storesOf.delete(row);
    const loaded = this.#loads.filter(({ endUs }) => endUs <= nowUs).map(({ row }) => row);
    if (loaded.length > 0) this.#loads = this.#loads.filter(({ endUs }) => endUs > nowUs);
    return { loaded, stored };
  }

  #collectStores(nowUs: number): number[] {
    const stored: number[] = [];
    let done = 0;
    for (; done < this.#stores.length && this.#stores[done]!.endUs <= nowUs; done++) {
      const { row } = this.#stores[done]!;
      const left = this.#storesOf.get(row)! - 1;
      this.#storesOf.set(row, left);
      if (left === 0 && this.#ended.delete(row)) stored.push(row);
    }
    if (done > 0) this.#stores = this.#stores.slice(done);
    return stored;
  }
}
