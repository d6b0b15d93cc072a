import type { FirstUse } from '../basis/first-use.js';
import type { BatchShape } from '../trace/batch-shape.js';

/**
 * Prices engine steps. Implementations are deterministic and allocate nothing per call: the engine calls them once or
 * more per simulated step.
 */
export interface LatencyModel {
  /** GPU time of one step, in µs, ≥ 0. The batch is read, never kept. */
  stepUs(batch: Readonly<BatchShape>): number;
  /**
   * The same for a batch of `decodeRequests` decodes and nothing else, `contextTokens` their summed context:
   * identical to `stepUs` of that batch, but cheap enough for millions of calls.
   */
  decodeStepUs(decodeRequests: number, contextTokens: number): number;
  /**
   * GPU time, in µs, of a step of one data-parallel rank of a mixture of experts: ranks are padded to the tokens of the
   * largest. Absent when such ranks have no price.
   */
  readonly rankStepUs?: (batch: Readonly<BatchShape>, largestTokens: number) => number;
  /** Request sent → engine inbox (HTTP, tokenising, IPC), in µs. */
  readonly frontBeforeUs: number;
  /** Token sampled → client (IPC, detokenising, HTTP), in µs. */
  readonly frontAfterUs: number;
  /**
   * Last token at the client → end of the response, for each output token of the request, in µs; absent means 0. Part of E2E only.
   * Only the peers' forms have it.
   */
  readonly frontAfterPerOutputTokenUs?: number;
  /** CPU time of one engine loop that only asynchronous scheduling hides (schedule, prepare, process), in µs. */
  readonly hostStepUs: number;
  /** Kernels that are compiled when a batch first needs them; absent when all are ready, as on a server that was warmed up. */
  readonly firstUse?: FirstUse;
}
