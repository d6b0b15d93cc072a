/**
 * What the time of one engine step depends on. One definition, shared by ingest (reconstructed), engine
 * (simulated) and basis (priced). "Context" of a request is the number of its tokens in the KV cache once the
 * step is done, so a decode request attends to exactly its context.
 */
export interface BatchShape {
  /** Prompt (or recomputed) tokens computed in this step, over all requests in prefill. */
  prefillTokens: number;
  /** Requests with at least one prefill token in this step. */
  prefillRequests: number;
  /** Requests that compute exactly one decode token in this step. */
  decodeRequests: number;
  /** Σ context over decode requests, in tokens. */
  decodeContextTokens: number;
  /** Σ context over prefill requests (already computed + this chunk), in tokens. */
  prefillContextTokens: number;
  /** Σ t·(c + t/2) over prefill chunks of t tokens after c computed ones: query–key pairs of causal attention. */
  prefillAttentionPairs: number;
  /** Σ t·(s + t/2) with s the whole prompt length: the form the peers' `roofline` basis uses. */
  prefillPromptPairs: number;
  /** Requests whose first chunk since (re)admission is in this step. */
  newRequests: number;
}

/** The fields of a BatchShape in storage order. */
export const BATCH_FIELDS = [
  'prefillTokens',
  'prefillRequests',
  'decodeRequests',
  'decodeContextTokens',
  'prefillContextTokens',
  'prefillAttentionPairs',
  'prefillPromptPairs',
  'newRequests',
] as const satisfies readonly (keyof BatchShape)[];

/** A batch with nothing in it, to be filled in place. */
export function emptyBatch(): BatchShape {
  return {
    prefillTokens: 0,
    prefillRequests: 0,
    decodeRequests: 0,
    decodeContextTokens: 0,
    prefillContextTokens: 0,
    prefillAttentionPairs: 0,
    prefillPromptPairs: 0,
    newRequests: 0,
  };
}

/** Tokens the forward pass computes. */
export const batchTokens = (batch: Readonly<BatchShape>): number =>
  batch.prefillTokens + batch.decodeRequests;

/** Requests in the batch; the LM head and the sampler run one row for each (vLLM v0.15.1, gpu_model_runner.py `_prepare_inputs`). */
export const batchRequests = (batch: Readonly<BatchShape>): number =>
  batch.prefillRequests + batch.decodeRequests;
