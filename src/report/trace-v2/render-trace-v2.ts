import Papa from 'papaparse';
import { stringify } from 'yaml';
import { TruelineError } from '../../errors.js';
import { withoutUndefined } from '../../text/object-keys.js';
import { FINISHED } from '../../trace/request-durations.js';
import { REQUEST_STATUSES, type RequestColumns, type Trace, type TraceMeta } from '../../trace/trace.js';
import { TRACE_V2_COLUMNS, type TraceV2Row } from './trace-v2-columns.js';

/** The two files of a TraceV2. */
export interface TraceV2 {
  /** YAML: what was served. */
  readonly header: string;
  /** CSV: one row per request in order of arrival. */
  readonly data: string;
}

/**
 * The requests of a trace in BLIS's exchange format, version 3, for `blis replay` and `blis calibrate`. All instants
 * are whole µs on one clock that starts with the trace, and a request is sent as it arrives. A prompt that several
 * requests carry is written as a prefix group that covers all but its last token, so a replay finds it in the cache.
 * Source: inference-sim, sim/workload/tracev2.go `ExportTraceV2`.
 * @param chunkAtUs when each request's chunks came, by row, where that was recorded
 * @throws TRACE_INVALID when token counts of a finished request are not known: a replay could not send it
 */
export function renderTraceV2(trace: Trace, chunkAtUs?: readonly (readonly number[])[]): TraceV2 {
  const rows = traceV2Rows(trace, chunkAtUs).map((row) => TRACE_V2_COLUMNS.map((column) => row[column]));
  return {
    header: stringify(headerOf(trace.meta), { lineWidth: 110 }),
    data: `${Papa.unparse([[...TRACE_V2_COLUMNS], ...rows], { newline: '\n' })}\n`,
  };
}

/** BLIS refuses keys it does not know, so nothing else of a trace has a place here. */
function headerOf({ synthetic, model, server }: TraceMeta): object {
  return {
    trace_version: 3,
    time_unit: 'microseconds',
    mode: synthetic ? 'generated' : 'real',
    warm_up_requests: 0,
    server: withoutUndefined({
      type: 'vllm',
      model,
      tensor_parallel: server?.tensorParallelSize,
      max_num_seqs: server?.maxNumSeqs,
      block_size: server?.blockSizeTokens,
      gpu_memory_utilization: server?.gpuMemoryUtilizationRatio,
      max_model_len: server?.maxModelLenTokens,
    }),
  };
}

const STATUS_WORDS = {
  finished: { status: 'ok', finish_reason: 'length' },
  failed: { status: 'error', finish_reason: '' },
  aborted: { status: 'incomplete', finish_reason: '' },
  unfinished: { status: 'incomplete', finish_reason: '' },
} as const;

/** What every row says alike: plain streamed text without deadline. */
const PLAIN = {
  client_id: 'trueline',
  tenant_id: 'default',
  slo_class: '',
  session_id: '',
  round_index: 0,
  streaming: 'true',
  image_tokens: 0,
  audio_tokens: 0,
  video_tokens: 0,
  reason_ratio: 0,
  deadline_us: 0,
  error_message: '',
} as const;

function traceV2Rows(
  { requests, meta }: Trace,
  chunkAtUs: readonly (readonly number[])[] = [],
): TraceV2Row[] {
  const repeated = repeatedPrompts(requests);
  return Array.from({ length: requests.count }, (_, row) => {
    const promptTokens = knownTokens('prompt', requests.promptTokens[row]!, row);
    const prefixTokens = repeated.has(promptName(requests, row)) ? promptTokens - 1 : 0;
    const sentUs = Math.round(requests.arrivedAtUs[row]!);
    return {
      ...PLAIN,
      request_id: row,
      prefix_group: prefixTokens > 0 ? promptName(requests, row) : '',
      prefix_length: prefixTokens,
      input_tokens: promptTokens - prefixTokens,
      text_tokens: promptTokens - prefixTokens,
      server_input_tokens: promptTokens,
      output_tokens: isFinished(requests, row)
        ? knownTokens('output', requests.outputTokens[row]!, row)
        : Math.max(0, requests.outputTokens[row]!),
      num_chunks: chunkAtUs[row]?.length ?? 0,
      model: meta.model ?? '',
      arrival_time_us: sentUs,
      send_time_us: sentUs,
      ...outcome(requests, row),
    };
  });
}

/** Equal names are equal prompts: turns of a conversation share an id, but not a length. */
const promptName = ({ promptId, promptTokens }: RequestColumns, row: number): string =>
  `prompt-${promptId?.[row] ?? -1}-${promptTokens[row]}`;

function repeatedPrompts(requests: RequestColumns): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  requests.promptId?.forEach((id, row) => {
    const name = promptName(requests, row);
    if (id >= 0 && seen.has(name)) repeated.add(name);
    seen.add(name);
  });
  return repeated;
}

const isFinished = ({ status }: RequestColumns, row: number): boolean => status[row] === FINISHED;

/** How a request ended, and its chunks; as in BLIS, those of a request that did not finish are 0, not recorded. */
function outcome(requests: RequestColumns, row: number) {
  const { status, firstTokenAtUs, finishedAtUs } = requests;
  const finished = isFinished(requests, row);
  return {
    first_chunk_time_us: finished ? wholeUs(firstTokenAtUs[row]!) : 0,
    last_chunk_time_us: finished ? wholeUs(finishedAtUs[row]!) : 0,
    ...STATUS_WORDS[REQUEST_STATUSES[status[row]!]!],
  };
}

const wholeUs = (atUs: number): number => (Number.isNaN(atUs) ? 0 : Math.round(atUs));

function knownTokens(what: string, tokens: number, row: number): number {
  if (tokens >= 1) return tokens;
  throw new TruelineError('TRACE_INVALID', `request ${row} has no known number of ${what} tokens`, {
    hint: 'Write traces whose requests all have known lengths.',
  });
}
