import { parseJson } from '../text/parse-document.js';
import { msToUs, nsToUs } from '../units.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import { onlyOne } from './only-one.js';
import type { FileProbe } from './probe-file.js';
import { readLines } from './read-file.js';
import { promptText } from './inference-perf-record.js';
import { PromptNumbers } from './prompt-numbers.js';
import { tableFromFirstArrival, type RequestRow } from './request-table.js';
import { asNumber, asString, hasKeys, items, member } from './value-guards.js';

/** Metrics are `{value, unit}`; times are in ms. */
const metric = (record: unknown, name: string): number | undefined =>
  asNumber(member(member(member(record, 'metrics'), name), 'value'));

/** Epoch nanoseconds lose up to 128 ns as doubles, which no figure here can tell. */
function rowOf(record: unknown, prompts: PromptsOfSessions, log: DiagnosticLog): RequestRow | undefined {
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
    promptId: prompts(
      asString(member(metadata, 'conversation_id')),
      asNumber(member(metadata, 'turn_index')),
    ),
    status: failed ? 'failed' : member(metadata, 'was_cancelled') === true ? 'aborted' : 'finished',
  };
}

/** Number of a prompt, by conversation and turn. */
type PromptsOfSessions = (session: string | undefined, turn: number | undefined) => number | undefined;

const isInputs = ({ kind, value }: FileProbe): boolean =>
  kind === 'json' && hasKeys(items(member(value, 'data'))[0], 'session_id', 'payloads');

/** `inputs.json` lists the payload of every turn of every conversation. */
function promptsOfSessions(files: readonly FileProbe[]): PromptsOfSessions {
  const prompts = new PromptNumbers();
  const sessions = new Map<string, readonly (number | undefined)[]>();
  for (const session of files.flatMap(({ value }) => items(member(value, 'data')))) {
    const payloads = items(member(session, 'payloads')).map((payload) => prompts.of(promptText(payload)));
    sessions.set(asString(member(session, 'session_id')) ?? '', payloads);
  }
  return (session, turn) => sessions.get(session ?? '')?.[turn ?? 0];
}

async function readRecords(
  files: readonly FileProbe[],
  _facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const rows: RequestRow[] = [];
  const prompts = promptsOfSessions(files.filter(isInputs));
  const records = onlyOne(
    files.filter((probe) => !isInputs(probe)),
    'record export',
  );
  if (records !== undefined) {
    const { file } = records;
    for await (const { number, text } of readLines(file)) {
      const record = parseJson(text, file, number);
      if (member(member(record, 'metadata'), 'benchmark_phase') === 'warmup') {
        log.add('dropped', 'request-warm-up', 'warm-up requests');
        continue;
      }
      const row = rowOf(record, prompts, log);
      if (row !== undefined) rows.push(row);
    }
  }
  log.add(
    'doubt',
    'output-tokens-retokenised',
    'output lengths are re-tokenised counts, not what the server generated',
    rows.length,
  );
  return { requests: tableFromFirstArrival(rows, log), clock: 'client' };
}

/** AIPerf's record export, one JSON line per request, with the prompts of `inputs.json` if that is there. */
export const aiperfImporter: DataImporter = {
  format: 'aiperf',
  looksFor:
    'AIPerf records: JSON lines with `metadata.benchmark_phase` and `metrics`, and inputs: `data[].payloads`',
  matches: (probe) =>
    isInputs(probe) ||
    ((probe.kind === 'json' || probe.kind === 'json-lines') &&
      hasKeys(probe.value, 'metrics') &&
      hasKeys(member(probe.value, 'metadata'), 'benchmark_phase')),
  read: readRecords,
};
