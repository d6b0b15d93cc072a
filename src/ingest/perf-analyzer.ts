import { parseJson } from '../text/parse-document.js';
import { nsToUs } from '../units.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import type { FileProbe } from './probe-file.js';
import { PromptNumbers } from './prompt-numbers.js';
import { tableFromFirstArrival, type RequestRow } from './request-table.js';
import { streamedText } from './streamed-text.js';
import { asNumber, asString, hasKeys, items, member } from './value-guards.js';

/** JSON of a line of the event stream; undefined for `[DONE]` and blank lines. */
function eventData(response: unknown, file: string): unknown {
  const text = (asString(response) ?? '').replace(/^data:/u, '').trim();
  return text === '' || text === '[DONE]' ? undefined : parseJson(text, file);
}

/** Instants, in µs since the epoch, at which text came; role, usage and `[DONE]` lines do not count. */
function textInstants(record: unknown, file: string): number[] {
  const outputs = items(member(record, 'response_outputs'));
  return items(member(record, 'response_timestamps')).flatMap((ns, i) => {
    const at = asNumber(ns);
    const text = streamedText(eventData(member(outputs[i], 'response'), file));
    return at === undefined || text === '' ? [] : [nsToUs(at)];
  });
}

/** Epoch nanoseconds lose up to 128 ns as doubles, which no figure here can tell. */
function rowOf(
  record: unknown,
  file: string,
  stage: number,
  prompts: PromptNumbers,
  log: DiagnosticLog,
): RequestRow | undefined {
  const startNs = asNumber(member(record, 'timestamp'));
  const instants = textInstants(record, file);
  const [first, last] = [instants[0], instants.at(-1)];
  const arrivedAtUs = startNs === undefined ? undefined : nsToUs(startNs);
  if (arrivedAtUs === undefined || (first ?? arrivedAtUs) < arrivedAtUs || (last ?? 0) < (first ?? 0)) {
    log.add('dropped', 'request-impossible-time', 'requests with a missing, negative or inconsistent time');
    return undefined;
  }
  return {
    arrivedAtUs,
    firstTokenAtUs: first,
    finishedAtUs: last,
    outputTokens: instants.length,
    promptId: prompts.of(asString(member(member(record, 'request_inputs'), 'payload'))),
    stage,
    status: first === undefined ? 'failed' : 'finished',
  };
}

async function readRuns(
  files: readonly FileProbe[],
  _facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const prompts = new PromptNumbers();
  const experiments = files.flatMap(({ file, value }) =>
    items(member(value, 'experiments')).map((experiment) => ({ file, experiment })),
  );
  const rows = experiments.flatMap(({ file, experiment }, stage) =>
    items(member(experiment, 'requests')).flatMap((record) => rowOf(record, file, stage, prompts, log) ?? []),
  );
  log.add('doubt', 'output-tokens-chunks', 'output lengths are counts of streamed chunks', rows.length);
  return Promise.resolve({
    ...(rows.length === 0 ? {} : { requests: tableFromFirstArrival(rows, log) }),
    clock: 'client',
  });
}

/**
 * perf_analyzer's raw export, under genai-perf's `profile_export.json` too; an experiment is a stage. The layout follows
 * perf_analyzer's public tests.
 */
export const perfAnalyzerImporter: DataImporter = {
  format: 'perf-analyzer',
  looksFor: 'perf_analyzer raw exports: an object with `service_kind` and `experiments`',
  matches: ({ kind, value }) => kind === 'json' && hasKeys(value, 'service_kind', 'experiments'),
  read: readRuns,
};
