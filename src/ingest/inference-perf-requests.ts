import { sToUs } from '../units.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import { inputTokens, promptText, requestBody, tokenTimes } from './inference-perf-record.js';
import { onlyOne } from './only-one.js';
import type { FileProbe } from './probe-file.js';
import { PromptNumbers } from './prompt-numbers.js';
import { tableFromFirstArrival, splitStages, type RequestRow } from './request-table.js';
import { asNumber, hasKeys, items, member } from './value-guards.js';

/** Tokens the server generated: as it said, else as the load forced it to, else the client's re-tokenised count. */
function generatedTokens(
  times: { readonly serverTokens: number | undefined; readonly clientTokens: number | undefined },
  body: unknown,
  facts: RunFacts,
  log: DiagnosticLog,
): number | undefined {
  const forced = member(body, 'ignore_eos') === true ? asNumber(member(body, 'max_tokens')) : undefined;
  const known = times.serverTokens ?? forced ?? facts.outputTokens;
  if (known === undefined)
    log.add(
      'doubt',
      'output-tokens-retokenised',
      'output lengths are re-tokenised counts, not what the server generated',
    );
  return known ?? times.clientTokens;
}

function rowOf(
  record: unknown,
  file: string,
  facts: RunFacts,
  prompts: PromptNumbers,
  log: DiagnosticLog,
): RequestRow | undefined {
  const startS = asNumber(member(record, 'start_time'));
  const endS = asNumber(member(record, 'end_time'));
  const times = tokenTimes(record, file);
  const lastS = times.lastS ?? endS;
  if (startS === undefined || endS === undefined || endS < startS || (times.firstS ?? startS) < startS) {
    log.add('dropped', 'request-impossible-time', 'requests with a negative or inconsistent time');
    return undefined;
  }
  const body = requestBody(record, file);
  const prompt = inputTokens(record);
  const error = member(record, 'error');
  const failed = error !== null && error !== undefined;
  return {
    arrivedAtUs: sToUs(startS),
    firstTokenAtUs: failed || times.firstS === undefined ? undefined : sToUs(times.firstS),
    finishedAtUs: sToUs(failed ? endS : (lastS ?? endS)),
    promptTokens: prompt === 0 ? undefined : prompt,
    outputTokens: generatedTokens(times, body, facts, log),
    promptId: prompts.of(promptText(body)),
    status: failed ? 'failed' : 'finished',
  };
}

/** Prompt lengths that failed requests do not report, from another request with the same prompt. */
function withPromptLengths(rows: readonly RequestRow[], log: DiagnosticLog): RequestRow[] {
  const byPrompt = new Map<number, number>();
  for (const { promptId, promptTokens } of rows) {
    if (promptId !== undefined && promptTokens !== undefined) byPrompt.set(promptId, promptTokens);
  }
  return rows.map((row) => {
    if (row.promptTokens !== undefined) return row;
    const promptTokens = row.promptId === undefined ? undefined : byPrompt.get(row.promptId);
    if (promptTokens === undefined)
      log.add('doubt', 'prompt-length-unknown', 'failed requests of unknown prompt length');
    else
      log.add(
        'repaired',
        'prompt-length-of-failed',
        'prompt lengths taken from a request with the same prompt',
      );
    return { ...row, promptTokens };
  });
}

async function readRequests(
  files: readonly FileProbe[],
  facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const prompts = new PromptNumbers();
  const report = onlyOne(files, 'per-request report');
  const unordered = items(report?.value).flatMap(
    (record) => rowOf(record, report?.file ?? '', facts, prompts, log) ?? [],
  );
  const rows = withPromptLengths(unordered, log).toSorted((a, b) => a.arrivedAtUs - b.arrivedAtUs);
  const stages = splitStages(
    rows.map(({ arrivedAtUs }) => arrivedAtUs),
    facts.stages?.length ?? 1,
  );
  const staged = rows.map((row, i): RequestRow => ({ ...row, stage: stages[i] }));
  return Promise.resolve({ requests: tableFromFirstArrival(staged, log), clock: 'client' });
}

/**
 * inference-perf's per-request report, of every release. A request ends with its last token; the report's own latency also
 * holds the millisecond or two in which the client tokenised the answer.
 */
export const inferencePerfRequestsImporter: DataImporter = {
  format: 'inference-perf-requests',
  looksFor: 'inference-perf per-request reports: an array of `start_time`, `end_time`, `request`, `info`',
  matches: ({ kind, value }) =>
    kind === 'json' && hasKeys(items(value)[0], 'start_time', 'end_time', 'request', 'info'),
  read: readRequests,
};
