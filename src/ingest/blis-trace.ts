import { withoutUndefined } from '../text/object-keys.js';
import { numberCell, parseCsv, type CsvRow } from '../text/parse-csv.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
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
function rowOf(row: CsvRow, file: string, log: DiagnosticLog): RequestRow | undefined {
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
  return {
    id: row.cells['request_id'],
    arrivedAtUs: sentAtUs,
    firstTokenAtUs: bad !== undefined || first === 0 ? undefined : first,
    finishedAtUs: bad !== undefined || last === 0 ? undefined : last,
    promptTokens: promptTokens(row, file),
    outputTokens,
    status: bad ?? (last === 0 ? 'unfinished' : 'finished'),
  };
}

async function readTrace(
  files: readonly FileProbe[],
  _facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const probe = onlyOne(files, 'TraceV2');
  if (probe === undefined) return {};
  const { file } = probe;
  const table = parseCsv(await readText(file), file, [
    'request_id',
    'output_tokens',
    'send_time_us',
    'status',
  ]);
  const rows = table.flatMap((row) => rowOf(row, file, log) ?? []);
  const untimed = rows.filter(
    ({ finishedAtUs, status }) => finishedAtUs === undefined && status === 'unfinished',
  ).length;
  log.add('doubt', 'request-without-truth', 'requests have no measured latency', untimed);
  return { requests: tableFromFirstArrival(rows), clock: 'client' };
}

/** Requests of a BLIS TraceV2 (CSV), observed on a server or generated. */
export const blisTraceImporter: DataImporter = {
  format: 'blis-trace',
  looksFor: 'BLIS TraceV2 data: CSV that begins `request_id,client_id,tenant_id,slo_class`',
  matches: ({ kind, start }) =>
    kind === 'text' && start.startsWith('request_id,client_id,tenant_id,slo_class'),
  read: readTrace,
};
