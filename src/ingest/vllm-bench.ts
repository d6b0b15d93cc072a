import { TruelineError } from '../errors.js';
import { withoutUndefined } from '../text/object-keys.js';
import type { StageAggregate } from '../trace/trace.js';
import { sToUs } from '../units.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import { parseJson } from '../text/parse-document.js';
import type { FileProbe } from './probe-file.js';
import { withoutRepeats } from './without-repeats.js';
import { refuseOtherServers } from './vllm-bench-servers.js';
import { readLines } from './read-file.js';
import { tableFromFirstArrival, type RequestRow } from './request-table.js';
import { stageMetrics } from './stage-metrics.js';
import { asNumber, asString, hasKeys, items, member } from './value-guards.js';

const isResult = (value: unknown): boolean => hasKeys(value, 'endpoint_type', 'tokenizer_id', 'num_prompts');

/** Results in a file: one object, an array of them (sweep summary), or one a line (`--append-result`). */
async function resultsIn({ file, kind, value }: FileProbe): Promise<unknown[]> {
  if (kind === 'json') return Array.isArray(value) ? [...items(value)] : [value];
  const results: unknown[] = [];
  for await (const { number, text } of readLines(file)) results.push(parseJson(text, file, number));
  return results;
}

/** Figures of one result. `request_rate` is the text `inf` when all requests were sent at once. */
export function aggregateOfResult(result: unknown, stage: number): StageAggregate {
  const ms = (name: string): number | undefined => asNumber(member(result, name));
  return {
    stage,
    requests: asNumber(member(result, 'num_prompts')) ?? 0,
    metrics: stageMetrics(
      (duration, name) =>
        ms(`${name === 'p50' ? 'median' : name}_${duration === 'e2e' ? 'e2el' : 'ttft'}_ms`),
      ms('mean_tpot_ms'), // (E2E − TTFT) ÷ (N − 1) per request; its `itl` counts chunks, not tokens
    ),
    ...withoutUndefined({
      failed: asNumber(member(result, 'failed')),
      requestedRatePerS: asNumber(member(result, 'request_rate')),
    }),
  };
}

const sum = (values: readonly unknown[]): number =>
  values.reduce<number>((total, value) => total + (asNumber(value) ?? 0), 0);

/** What each request has one entry of. */
const LISTS = ['input_lens', 'output_lens', 'ttfts', 'itls', 'errors'] as const;

/** @throws TRACE_INVALID when lists of one result cannot be of the same requests */
function checkLists(result: unknown, file: string): void {
  const requests = items(member(result, 'start_times')).length;
  for (const name of LISTS) {
    const entries = items(member(result, name)).length;
    if (requests === 0 || entries === 0 || entries === requests) continue;
    throw new TruelineError(
      'TRACE_INVALID',
      `\`${name}\` has ${entries} entries, \`start_times\` ${requests}: which request is which cannot be told`,
      { file, hint: 'Was the file edited or cut? Give the result as `vllm bench serve` saved it.' },
    );
  }
}

/** Old results say how many requests completed, but not whether the others failed or were never sent. */
function reportUnknownFailures(results: readonly unknown[], log: DiagnosticLog): void {
  const asked = 'requests that did not complete; whether they failed is not recorded';
  for (const result of results) {
    const [sent, completed, failed] = ['num_prompts', 'completed', 'failed'].map((name) =>
      asNumber(member(result, name)),
    );
    if (failed === undefined && sent !== undefined && completed !== undefined)
      log.add('doubt', 'failures-unknown', asked, Math.max(0, sent - completed));
  }
}

/** Requests of a detailed result, in order of submission; a request's end is its TTFT and all its gaps. */
function rowsOf(result: unknown, stage: number, log: DiagnosticLog): RequestRow[] {
  const list = (name: string): readonly unknown[] => items(member(result, name));
  const [prompts, outputs, ttfts, gaps, errors] = [
    list('input_lens'),
    list('output_lens'),
    list('ttfts'),
    list('itls'),
    list('errors'),
  ];
  const starts = list('start_times');
  log.add(
    'dropped',
    'request-without-arrival',
    'requests whose arrival was not recorded',
    starts.length === 0 ? ttfts.length : 0, // older releases: only the figures are left
  );
  return starts.flatMap((start, i): RequestRow[] => {
    const startS = asNumber(start);
    const ttftS = asNumber(ttfts[i]);
    if (startS === undefined || startS < 0 || (ttftS ?? 0) < 0) {
      log.add('dropped', 'request-impossible-time', 'requests with a negative or inconsistent time');
      return [];
    }
    const outputTokens = asNumber(outputs[i]);
    const failed = (asString(errors[i]) ?? '') !== '' || outputTokens === 0 || ttftS === undefined;
    return [
      {
        arrivedAtUs: sToUs(startS),
        firstTokenAtUs: failed ? undefined : sToUs(startS + ttftS),
        finishedAtUs: failed ? undefined : sToUs(startS + ttftS + sum(items(gaps[i]))),
        promptTokens: asNumber(prompts[i]),
        outputTokens,
        stage,
        status: failed ? 'failed' : 'finished',
      },
    ];
  });
}

async function readBench(
  files: readonly FileProbe[],
  _facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const results: unknown[] = [];
  for (const file of files) {
    const found = (await resultsIn(file)).filter(isResult); // `summary.json` repeats the results of its sweep
    for (const result of found) checkLists(result, file.file);
    results.push(...withoutRepeats(found, results, log));
  }
  refuseOtherServers(results, files);
  reportUnknownFailures(results, log);
  const rows = results.flatMap((result, stage) => rowsOf(result, stage, log));
  const model = asString(member(results[0], 'model_id'));
  return {
    ...(rows.length === 0 ? {} : { requests: tableFromFirstArrival(rows, log) }),
    stages: results.map(aggregateOfResult),
    clock: 'client',
    facts: withoutUndefined({ model }),
  };
}

/** Results of `vllm bench serve`; several runs become stages, in order of appearance. */
export const vllmBenchImporter: DataImporter = {
  format: 'vllm-bench',
  looksFor: 'vllm bench serve results: an object with `endpoint_type`, `tokenizer_id`, `num_prompts`',
  matches: ({ kind, value }) =>
    (kind === 'json' || kind === 'json-lines') && (isResult(value) || isResult(items(value)[0])),
  read: readBench,
};
