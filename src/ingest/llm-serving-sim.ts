import { parseJson } from '../text/parse-document.js';
import { withoutUndefined } from '../text/object-keys.js';
import { sToUs } from '../units.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, FactsImporter, RunFacts, TracePart } from './importer.js';
import type { FileProbe } from './probe-file.js';
import { readLines } from './read-file.js';
import { tableFromFirstArrival, type RequestRow } from './request-table.js';
import { asBoolean, asNumber, asString, hasKeys, member } from './value-guards.js';

function factsOf(meta: unknown): RunFacts {
  const options = member(meta, 'engine_kwargs');
  const cache = member(meta, 'kv_cache');
  return {
    ...withoutUndefined({
      model: asString(member(meta, 'model')),
      engineVersion: asString(member(meta, 'vllm_version')),
    }),
    server: withoutUndefined({
      tensorParallelSize: asNumber(member(options, 'tensor_parallel_size')),
      dataParallelSize: asNumber(member(options, 'data_parallel_size')),
      expertParallel: asBoolean(member(options, 'enable_expert_parallel')),
      maxNumSeqs: asNumber(member(options, 'max_num_seqs')),
      maxNumBatchedTokens: asNumber(member(options, 'max_num_batched_tokens')),
      maxModelLenTokens: asNumber(member(options, 'max_model_len')),
      totalKvBlocks: asNumber(member(cache, 'num_gpu_blocks')),
      blockSizeTokens: asNumber(member(cache, 'block_size')),
      gpuMemoryUtilizationRatio: asNumber(member(cache, 'gpu_memory_utilization')),
      prefixCaching: asBoolean(member(cache, 'enable_prefix_caching')),
    }),
  };
}

/** `meta.json` of an LLMServingSim bench run: how the engine was started. */
export const llmServingSimMetaImporter: FactsImporter = {
  format: 'llm-serving-sim-meta',
  looksFor: 'LLMServingSim meta.json: an object with `engine_kwargs` and `schema_version`',
  matches: ({ kind, value }) => kind === 'json' && hasKeys(value, 'engine_kwargs', 'schema_version'),
  read: async ([probe]) => Promise.resolve(factsOf(probe?.value)),
};

/** Instants are the engine's; `arrival_time` is on another clock (epoch), so queueing counts as arrival. */
function rowOf(record: unknown, log: DiagnosticLog): RequestRow | undefined {
  const us = (name: string): number | undefined => {
    const seconds = asNumber(member(record, name));
    return seconds === undefined ? undefined : sToUs(seconds);
  };
  const queuedAtUs = us('queued_ts');
  if (queuedAtUs === undefined) {
    log.add('dropped', 'request-without-arrival', 'requests whose arrival was not recorded');
    return undefined;
  }
  const finishedAtUs = us('last_token_ts');
  return {
    id: asString(member(record, 'request_id')),
    arrivedAtUs: queuedAtUs,
    queuedAtUs,
    scheduledAtUs: us('scheduled_ts'),
    firstTokenAtUs: us('first_token_ts'),
    finishedAtUs,
    promptTokens: asNumber(member(record, 'input_toks')),
    outputTokens: asNumber(member(record, 'output_toks')),
    status: finishedAtUs === undefined ? 'unfinished' : 'finished',
  };
}

async function readRequests(
  files: readonly FileProbe[],
  _facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const rows: RequestRow[] = [];
  for (const { file } of files) {
    for await (const { number, text } of readLines(file)) {
      const row = rowOf(parseJson(text, file, number), log);
      if (row !== undefined) rows.push(row);
    }
  }
  return { requests: tableFromFirstArrival(rows, log), clock: 'engine' };
}

/** `requests.jsonl` of an LLMServingSim bench run around an in-process vLLM. */
export const llmServingSimImporter: DataImporter = {
  format: 'llm-serving-sim',
  looksFor: 'LLMServingSim requests.jsonl: JSON lines with `input_toks` and `queued_ts`',
  matches: ({ kind, value }) =>
    (kind === 'json' || kind === 'json-lines') && hasKeys(value, 'input_toks', 'queued_ts'),
  read: readRequests,
};
