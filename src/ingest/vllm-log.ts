import { withoutUndefined } from '../text/object-keys.js';
import { DEFAULT_SERVER, type ServerConfig } from '../trace/server-config.js';
import type { FactsImporter, RunFacts } from './importer.js';
import type { FileProbe } from './probe-file.js';
import { readLines } from './read-file.js';

/** Messages that only vLLM writes; the prefix before them depends on the logging configuration. */
const VLLM_MESSAGE =
  /Avg prompt throughput:|GPU KV cache size:|Iteration\(\d+\):|non-default args:|V1 LLM engine/u;

export const looksLikeVllmLog = ({ kind, start }: FileProbe): boolean =>
  kind !== 'json' && kind !== 'json-lines' && VLLM_MESSAGE.test(start);

/** What start-up messages state, each at most once. */
interface Stated {
  model?: string;
  engineVersion?: string;
  kvTokens?: number;
  server: Record<string, number | boolean>;
}

/** Option of `non-default args` or the engine configuration → our name. */
const NUMBERS: ReadonlyMap<string, keyof ServerConfig> = new Map<string, keyof ServerConfig>([
  ['tensor_parallel_size', 'tensorParallelSize'],
  ['data_parallel_size', 'dataParallelSize'],
  ['max_num_seqs', 'maxNumSeqs'],
  ['max_num_batched_tokens', 'maxNumBatchedTokens'],
  ['max_model_len', 'maxModelLenTokens'],
  ['max_seq_len', 'maxModelLenTokens'],
  ['gpu_memory_utilization', 'gpuMemoryUtilizationRatio'],
  ['block_size', 'blockSizeTokens'],
  ['long_prefill_token_threshold', 'longPrefillTokenThreshold'],
]);
const SWITCHES: ReadonlyMap<string, keyof ServerConfig> = new Map<string, keyof ServerConfig>([
  ['enable_prefix_caching', 'prefixCaching'],
  ['enable_chunked_prefill', 'chunkedPrefill'],
  ['enable_expert_parallel', 'expertParallel'],
  ['async_scheduling', 'asyncScheduling'],
]);

/** Reads `name=value` and `'name': value` pairs; values are Python literals. */
function readOptions(line: string, stated: Stated): void {
  const options = line.replace(/^.*?(?:args|config): /u, '');
  for (const [, name = '', text = ''] of options.matchAll(/'?(\w+)'?(?:=|:\s)(?:')?([^\s,'}]+)/gu)) {
    const numeric = NUMBERS.get(name);
    const logical = SWITCHES.get(name);
    if (name === 'model') stated.model = text;
    else if (numeric !== undefined && Number.isFinite(Number(text))) stated.server[numeric] = Number(text);
    else if (logical !== undefined && (text === 'True' || text === 'False'))
      stated.server[logical] = text === 'True';
  }
}

function readMessage(line: string, stated: Stated): void {
  if (/non-default args:|V1 LLM engine/u.test(line)) readOptions(line, stated);
  stated.engineVersion = /LLM engine \(v([\w.+-]+)\)/u.exec(line)?.[1] ?? stated.engineVersion ?? '';
  const budget = /Chunked prefill is enabled with max_num_batched_tokens=(\d+)/u.exec(line)?.[1];
  if (budget !== undefined) stated.server['maxNumBatchedTokens'] = Number(budget);
  const scheduling = /Asynchronous scheduling is (enabled|disabled)/u.exec(line)?.[1];
  if (scheduling !== undefined) stated.server['asyncScheduling'] = scheduling === 'enabled';
  const kvTokens = /GPU KV cache size: ([\d,]+) tokens/u.exec(line)?.[1];
  if (kvTokens !== undefined) stated.kvTokens = Number(kvTokens.replaceAll(',', ''));
}

async function readLog(files: readonly FileProbe[]): Promise<RunFacts> {
  const stated: Stated = { server: {} };
  for (const { file } of files) {
    for await (const { text } of readLines(file, { encoding: 'lossy' }))
      if (VLLM_MESSAGE.test(text) || /scheduling is|Chunked prefill/u.test(text)) readMessage(text, stated);
  }
  const server: Partial<ServerConfig> = stated.server;
  const blockSize = server.blockSizeTokens ?? DEFAULT_SERVER.blockSizeTokens;
  const blocks = stated.kvTokens === undefined ? undefined : Math.round(stated.kvTokens / blockSize);
  return {
    ...withoutUndefined({
      model: stated.model,
      engineVersion: stated.engineVersion === '' ? undefined : stated.engineVersion,
    }),
    // the logged size includes the null block
    server: withoutUndefined({ ...server, totalKvBlocks: blocks }),
  };
}

/** Start-up messages of a vLLM server: launch options, version, KV-cache size. */
export const vllmLogImporter: FactsImporter = {
  format: 'vllm-log',
  looksFor: 'a vLLM server log: lines with `GPU KV cache size:`, `Avg prompt throughput:` or `Iteration(n):`',
  matches: looksLikeVllmLog,
  read: readLog,
};
