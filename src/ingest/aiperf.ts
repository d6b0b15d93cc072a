import { parseJson } from '../text/parse-document.js';
import { msToUs, nsToUs } from '../units.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import type { FileProbe } from './probe-file.js';
import { readLines } from './read-file.js';
import { tableFromFirstArrival, type RequestRow } from './request-table.js';
import { asNumber, asString, hasKeys, member } from './value-guards.js';

/** Metrics are `{value, unit}`; times are in ms. */
const metric = (record: unknown, name: string): number | undefined =>
  asNumber(member(member(member(record, 'metrics'), name), 'value'));

/** Epoch nanoseconds lose up to 128 ns as doubles, which no figure here can tell. */
function rowOf(record: unknown, log: DiagnosticLog): RequestRow | undefined {
  const metadata = member(record, 'metadata');
  const startNs = asNumber(member(metadata, 'request_start_ns'));
  const ttftMs = metric(record, 'time_to_first_token');
  const latencyMs = metric(record, 'request_latency');
  if (startNs === undefined || startNs < 0 || (ttftMs ?? 0) < 0 || (latencyMs ?? 0) < (ttftMs ?? 0)) {
    log.add('dropped', 'request-impossible-time', 'requests with a missing, negative or inconsistent time');
    return undefined;
  }
  const arrivedAtUs = nsToUs(startNs);
  const error = member(record, 'error');
  const failed = error !== null && error !== undefined;
  const after = (ms: number | undefined): number | undefined =>
    ms === undefined ? undefined : arrivedAtUs + msToUs(ms);
  return {
    id: asString(member(metadata, 'x_request_id')),
    arrivedAtUs,
    firstTokenAtUs: failed ? undefined : after(ttftMs),
    finishedAtUs: failed ? undefined : after(latencyMs),
    promptTokens: metric(record, 'input_sequence_length') ?? metric(record, 'error_isl'),
    outputTokens: metric(record, 'output_sequence_length'),
    status: failed ? 'failed' : member(metadata, 'was_cancelled') === true ? 'aborted' : 'finished',
  };
}

async function readRecords(
  files: readonly FileProbe[],
  _facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const rows: RequestRow[] = [];
  for (const { file } of files) {
    for await (const { number, text } of readLines(file)) {
      const record = parseJson(text, file, number);
      if (member(member(record, 'metadata'), 'benchmark_phase') === 'warmup') {
        log.add('dropped', 'request-warm-up', 'warm-up requests');
        continue;
      }
      const row = rowOf(record, log);
      if (row !== undefined) rows.push(row);
    }
  }
  log.add(
    'doubt',
    'output-tokens-retokenised',
    'output lengths are re-tokenised counts, not what the server generated',
    rows.length,
  );
  return { requests: tableFromFirstArrival(rows), clock: 'client' };
}

/** AIPerf's record export: one JSON line per request. */
export const aiperfImporter: DataImporter = {
  format: 'aiperf',
  looksFor: 'AIPerf records: JSON lines with `metadata.benchmark_phase` and `metrics`',
  matches: ({ kind, value }) =>
    (kind === 'json' || kind === 'json-lines') &&
    hasKeys(value, 'metrics') &&
    hasKeys(member(value, 'metadata'), 'benchmark_phase'),
  read: readRecords,
};
