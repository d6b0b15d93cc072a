import type { OtherFile } from './other-file.js';
import { hasKeys, items } from './value-guards.js';

/** How to measure what Trueline can use. */
const SERVE = 'Measure a server: `vllm bench serve --save-result --save-detailed`.';

/**
 * What benchmarks write beside their results or instead of them: vLLM v0.15.1 (`vllm/benchmarks/latency.py`,
 * `throughput.py`, `lib/utils.py`) and reports for people.
 */
export const BENCHMARK_LEFTOVERS: readonly OtherFile[] = [
  {
    what: 'an HTML report, which is for people',
    hint: 'Give the figures that the same tool wrote beside it: of GuideLLM `benchmarks.json` (or its CSV).',
    matches: ({ kind, start }) => kind === 'text' && /^<(?:!doctype html|html)\b/iu.test(start),
  },
  {
    what: 'a result of `vllm bench latency`, which sends one batch again and again',
    hint: SERVE,
    matches: ({ kind, value }) =>
      kind === 'json' && hasKeys(value, 'avg_latency', 'latencies', 'percentiles'),
  },
  {
    what: 'a result of `vllm bench throughput`, which knows no single request',
    hint: SERVE,
    matches: ({ kind, value }) =>
      kind === 'json' && hasKeys(value, 'elapsed_time', 'num_requests', 'tokens_per_second'),
  },
  {
    what: 'a result of `vllm bench` in the layout of the PyTorch dashboard',
    hint: 'Give the result beside it, whose name lacks `.pytorch`.',
    matches: ({ kind, value }) => kind === 'json' && hasKeys(items(value)[0], 'benchmark', 'model', 'metric'),
  },
];
