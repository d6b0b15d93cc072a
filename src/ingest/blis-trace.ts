import { TruelineError } from '../errors.js';
import { withoutUndefined } from '../text/object-keys.js';
import { numberCell, parseCsv, type CsvRow } from '../text/parse-csv.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import { isChunkTimes, readChunkTimes, tokenSpan, type ChunkTimes } from './blis-chunk-times.js';
import type { DataImporter, FactsImporter, RunFacts, TracePart } from './importer.js';
import { onlyOne } from './only-one.js';
import type { FileProbe } from './probe-file.js';
import { readText } from './read-file.js';
import { tableFromFirstArrival, type RequestRow } from './request-table.js';
import { asNumber, asString, hasKeys, member } from './value-guards.js';

/** Header of a BLIS TraceV2: the server, when one was observed. */
export const blisHeaderImporter: FactsImporter = {
  format: 'blis-trace-header',
  looksFor: 'BLIS TraceV2 header: YAML with `trace_version`',
  matches: ({ kind, value }) => kind === 'yaml' && hasKeys(value, 'trace_version'),
  read: async (files): Promise<RunFacts> => {
    const server = member(onlyOne(files, 'trace header')?.value, 'server');
    const number = (key: string): number | undefined => asNumber(member(server, key));
    return Promise.resolve({
      ...withoutUndefined({ model: asString(member(server, 'model')) }),
      server: withoutUndefined({
        tensorParallelSize: number('tensor_parallel'),
        maxNumSeqs: number('max_num_seqs'),
        blockSizeTokens: number('block_size'),
        gpuMemoryUtilizationRatio: number('gpu_memory_utilization'),
        maxModelLenTokens: number('max_model_len'),
      }),
    });
  },
};

const withText = (cell: string | undefined): string | undefined => (cell === '' ? undefined : cell);

const NOT_OK = { error: 'failed', timeout: 'failed', incomplete: 'unfinished' } as const;

function promptTokens(row: CsvRow, file: string): number | undefined {
  const served = numberCell(row, 'server_input_tokens', file) ?? 0;
  if (served > 0) return served;
  const suffix = numberCell(row, 'input_tokens', file);
  return suffix === undefined ? undefined : suffix + (numberCell(row, 'prefix_length', file) ?? 0);
}

/**
 * A request sent at `send_time_us`. In traces of real servers `arrival_time_us` counts from the start of the workload and the
 * other instants from the epoch, so they are never subtracted. A first or last chunk at 0 was not recorded.
 */
function rowOf(row: CsvRow, file: string, chunks: ChunkTimes, log: DiagnosticLog): RequestRow | undefined {
  const sentAtUs = numberCell(row, 'send_time_us', file);
  const [first, last] = [
    numberCell(row, 'first_chunk_time_us', file) ?? 0,
    numberCell(row, 'last_chunk_time_us', file) ?? 0,
  ];
  const outputTokens = numberCell(row, 'output_tokens', file);
  const status = row.cells['status'] ?? '';
  if (status === 'ok' && (outputTokens ?? 0) === 0) {
    log.add(
      'dropped',
      'request-without-tokens',
      'requests marked ok that generated nothing: failures of an older converter',
    );
    return undefined;
  }
  if (sentAtUs === undefined || (first > 0 && first < sentAtUs) || last < first) {
    log.add('dropped', 'request-impossible-time', 'requests with a missing, negative or inconsistent time');
    return undefined;
  }
  const bad =
    status === 'error' || status === 'timeout' || status === 'incomplete' ? NOT_OK[status] : undefined;
  const id = row.cells['request_id'] ?? '';
  const span = bad === undefined ? tokenSpan(chunks.get(id) ?? [], outputTokens ?? 0) : undefined;
  if (span !== undefined)
    log.add('repaired', 'request-token-times', 'requests whose last chunk was usage, not a token');
  return {
    id: withText(row.cells['x_request_id']) ?? id,
    arrivedAtUs: sentAtUs,
    firstTokenAtUs: span?.firstUs ?? (bad !== undefined || first === 0 ? undefined : first),
    finishedAtUs: span?.lastUs ?? (bad !== undefined || last === 0 ? undefined : last),
    promptTokens: promptTokens(row, file),
    outputTokens,
    status: bad ?? (last === 0 ? 'unfinished' : 'finished'),
  };
}

const withoutTrace = (file: string): TruelineError =>
  new TruelineError('TRACE_EMPTY', 'chunk times without the requests they belong to', {
    file,
    hint: 'Name the folder that holds the TraceV2 CSV too.',
  });

async function readTrace(
  files: readonly FileProbe[],
  _facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const probe = onlyOne(
    files.filter((candidate) => !isChunkTimes(candidate)),
    'TraceV2',
  );
  const times = onlyOne(files.filter(isChunkTimes), 'table of chunk times');
  if (probe === undefined) throw withoutTrace(times?.file ?? '');
  const { file } = probe;
  const chunks: ChunkTimes = times === undefined ? new Map() : await readChunkTimes(times.file);
  const table = parseCsv(await readText(file), file, [
    'request_id',
    'output_tokens',
    'send_time_us',
    'status',
  ]);
  const rows = table.flatMap((row) => rowOf(row, file, chunks, log) ?? []);
  const ids = new Set(table.map(({ cells }) => cells['request_id']));
  const strangers = [...chunks.keys()].filter((id) => !ids.has(id)).length;
  log.add(
    'doubt',
    'chunk-times-not-joined',
    'requests with chunk times that the trace does not hold',
    strangers,
  );
  const untimed = rows.filter(
    ({ finishedAtUs, status }) => finishedAtUs === undefined && status === 'unfinished',
  ).length;
  log.add('doubt', 'request-without-truth', 'requests have no measured latency', untimed);
  return { requests: tableFromFirstArrival(rows, log), clock: 'client' };
}

/** Requests of a BLIS TraceV2 (CSV), observed on a server or generated, with their chunk times if those are there. */
export const blisTraceImporter: DataImporter = {
  format: 'blis-trace',
  looksFor:
    'BLIS TraceV2 data: CSV that begins `request_id,client_id,tenant_id,slo_class`, and chunk times `request_id,chunk_index,timestamp_us`',
  matches: (probe) =>
    isChunkTimes(probe) ||
    (probe.kind === 'text' && probe.start.startsWith('request_id,client_id,tenant_id,slo_class')),
  read: readTrace,
};
