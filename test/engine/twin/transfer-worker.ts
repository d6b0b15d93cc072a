import type { TwinMetadata, TwinReport, TwinTransfer } from './connector.js';
import type { TwinRequest } from './request.js';

interface Job {
  readonly request: TwinRequest;
  readonly endUs: number;
}

/** Worker side of vLLM v0.15.1 offloading_connector.py, with the copies of cpu_gpu.py taking simulated time. */
export class TwinTransferWorker {
  readonly #copyUs: number;
  #unsubmitted: readonly TwinTransfer[] = [];
  #storeJobs: Job[] = [];
  #loadJobs: Job[] = [];
  readonly #openStores = new Map<TwinRequest, number>();
  readonly #waitingForStore = new Set<TwinRequest>();
  #storesEndUs = 0;
  #loadsEndUs = 0;

  constructor(copyUs: number) {
    this.#copyUs = copyUs;
  }

  /** Returns when the worker can go on to the forward pass. */
  start({ preempted, loads }: TwinMetadata, nowUs: number, computedUs: number): number {
    for (const { request, blocks } of this.#unsubmitted) {
      this.#storesEndUs = Math.max(nowUs, computedUs, this.#storesEndUs) + blocks * this.#copyUs;
      this.#storeJobs.push({ request, endUs: this.#storesEndUs });
    }
    this.#unsubmitted = [];
    const awaited = this.#storeJobs.filter(({ request }) => preempted.includes(request));
    const readyUs = Math.max(nowUs, ...awaited.map(({ endUs }) => endUs));
    for (const { request, blocks } of loads) {
      this.#loadsEndUs = Math.max(readyUs, this.#loadsEndUs) + blocks * this.#copyUs;
      this.#loadJobs.push({ request, endUs: this.#loadsEndUs });
    }
    return readyUs;
  }

  finish({ stores, finished }: TwinMetadata, nowUs: number): TwinReport {
    this.#unsubmitted = stores;
    for (const { request } of stores) this.#openStores.set(request, (this.#openStores.get(request) ?? 0) + 1);
    const sent: TwinRequest[] = [];
    for (const { request } of this.#storeJobs.filter(({ endUs }) => endUs <= nowUs)) {
      this.#openStores.set(request, this.#openStores.get(request)! - 1);
      if (this.#openStores.get(request) === 0 && this.#waitingForStore.delete(request)) sent.push(request);
    }
    for (const request of finished) {
      if (this.#openStores.get(request) === 0) sent.push(request);
      else if (this.#openStores.has(request)) this.#waitingForStore.add(request);
    }
    for (const request of sent) this.#openStores.delete(request);
    const received = this.#loadJobs.filter(({ endUs }) => endUs <= nowUs).map(({ request }) => request);
    this.#storeJobs = this.#storeJobs.filter(({ endUs }) => endUs > nowUs);
    this.#loadJobs = this.#loadJobs.filter(({ endUs }) => endUs > nowUs);
    return { received, sent };
  }
}
