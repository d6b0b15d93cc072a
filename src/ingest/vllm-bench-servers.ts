import { TruelineError } from '../errors.js';
import type { FileProbe } from './probe-file.js';
import { asNumber, asString, member } from './value-guards.js';

/** What of a result says which server it measured: its model, and what a sweep (or `--metadata`) set for `vllm serve`. */
const SERVER_KEYS = [
  'model_id',
  'tensor_parallel_size',
  'pipeline_parallel_size',
  'data_parallel_size',
  'max_num_seqs',
  'max_num_batched_tokens',
  'max_model_len',
  'gpu_memory_utilization',
  'enable_prefix_caching',
  'enable_chunked_prefill',
  'block_size',
  'dtype',
  'quantization',
  'kv_cache_dtype',
] as const;

/** Metadata is text, what a sweep sets is not: `"2"` and 2 are one setting. */
function settingOf(result: unknown, key: string): string | undefined {
  const value = member(result, key);
  return typeof value === 'boolean' ? String(value) : (asString(value) ?? asNumber(value)?.toString());
}

/**
 * Stages of one run are loads of one server.
 * @throws TRACE_INVALID when results of `vllm bench` name two
 */
export function refuseOtherServers(results: readonly unknown[], files: readonly FileProbe[]): void {
  for (const key of SERVER_KEYS) {
    const found = new Set(results.flatMap((result) => settingOf(result, key) ?? []));
    if (found.size < 2) continue;
    throw new TruelineError(
      'TRACE_INVALID',
      `\`${key}\` is ${[...found].join(' and ')}: two servers in one run`,
      {
        file: files.map(({ file }) => file).join(', '),
        hint: 'Give the results of each server their own folder; of a sweep, its `run=….json` rather than its summary.',
      },
    );
  }
}
