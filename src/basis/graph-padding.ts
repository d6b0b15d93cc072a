import type { ServerConfig } from '../trace/server-config.js';

const FINE_STEP = 8;
const COARSE_STEP = 16;
/** From here on sizes are `COARSE_STEP` apart. */
const COARSE_FROM = 256;
const LARGEST_GRAPH = 512;

/** Smallest CUDA-graph size ≥ n, were there no upper limit: 1, 2, 4, then multiples of 8, from 256 multiples of 16. */
function nextGraphSize(n: number): number {
  if (n <= 2) return n;
  if (n <= 4) return 4;
  const step = n <= COARSE_FROM ? FINE_STEP : COARSE_STEP;
  return Math.ceil(n / step) * step;
}

/** Largest batch a CUDA graph is captured for. Source: vLLM v0.15.1, vllm/config/vllm.py `_set_cudagraph_sizes`. */
export const largestGraph = (server: ServerConfig): number =>
  Math.min(2 * server.maxNumSeqs, LARGEST_GRAPH, server.maxNumBatchedTokens);

/**
 * Tokens (or rows) the captured CUDA graph computes for a batch of `n`: the next captured size, or `n` itself above the
 * largest one, min(2 · max_num_seqs, 512, max_num_batched_tokens).
 * Source: vLLM v0.15.1, vllm/config/vllm.py `_set_cudagraph_sizes`.
 */
export function graphPadded(n: number, server: ServerConfig): number {
  const size = nextGraphSize(n);
  return size <= largestGraph(server) ? size : n;
}
