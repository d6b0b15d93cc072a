import type { RequestTable } from '../engine/index.js';
import { tableFromFirstArrival, type RequestRow, type RunFacts } from '../ingest/index.js';
import { summarise, type SampleSummary } from '../stats/sample-summary.js';
import { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { Trace } from '../trace/trace.js';
import { msToUs, usToMs } from '../units.js';
import type { ObservedRequest } from './observed-request.js';
import type { Endpoint } from './request-body.js';

/** A client this late no longer sends the load that was asked for. */
const LATE_US = msToUs(10);

/** How late requests left the client, in ms after the load wanted them sent. */
export const sendLagMs = (observed: readonly ObservedRequest[]): SampleSummary =>
  summarise(
    observed.map(({ sentAtUs, dueAtUs }) => usToMs(sentAtUs - dueAtUs)),
    'send lag',
  );

/** Tokens the server generated: as it counted, else a token a chunk. */
const outputTokensOf = ({ usage, chunkAtUs }: ObservedRequest): number =>
  usage?.outputTokens ?? chunkAtUs.length;

function rowOf(observed: ObservedRequest, table: RequestTable): RequestRow {
  const { row, id, sentAtUs, chunkAtUs, status, usage, endedAtUs } = observed;
  const finished = status === 'finished';
  return {
    id,
    status,
    arrivedAtUs: sentAtUs,
    firstTokenAtUs: chunkAtUs[0],
    // the last token, not the usage that follows it; for the others when their client knew
    finishedAtUs: finished ? chunkAtUs.at(-1) : status === 'unfinished' ? undefined : endedAtUs,
    promptTokens: usage?.promptTokens ?? table.promptTokens[row],
    outputTokens: outputTokensOf(observed),
    cachedTokens: usage?.cachedTokens,
    promptId: table.promptId[row],
    stage: table.stage[row],
  };
}

function noteFailures(observed: readonly ObservedRequest[], log: DiagnosticLog): void {
  for (const { failure } of observed) {
    if (failure === undefined) continue;
    const code = `request-failed-${failure.toLowerCase().replaceAll(/[^a-z0-9]+/gu, '-')}`.slice(0, 60);
    log.add('doubt', code, `requests did not finish: ${failure}`);
  }
}

function noteLengths(
  finished: readonly ObservedRequest[],
  table: RequestTable,
  endpoint: Endpoint,
  log: DiagnosticLog,
): void {
  for (const request of finished) {
    const { usage, row } = request;
    if (usage === undefined)
      log.add('doubt', 'output-tokens-chunks', 'output lengths are counts of streamed chunks');
    if (outputTokensOf(request) < table.outputTokens[row]!)
      log.add('doubt', 'request-ended-early', 'requests generated fewer tokens than they asked for');
    if (usage !== undefined && usage.promptTokens !== table.promptTokens[row])
      log.add(
        'doubt',
        'prompt-length-differs',
        endpoint === 'chat'
          ? 'prompts are longer or shorter than planned: chats are sent as text'
          : 'prompts are longer or shorter on the server than planned',
      );
  }
}

/** Turns whose prompt should repeat an answer that the server gave without its token ids. */
function unknownAnswers(observed: readonly ObservedRequest[], table: RequestTable): number {
  const answered = new Map(observed.map((request) => [request.row, request]));
  return observed.filter(({ row }) => {
    const before = answered.get(table.follows?.[row] ?? -1);
    return before !== undefined && before.generated.tokenIds.length === 0 && before.chunkAtUs.length > 0;
  }).length;
}

/**
 * The trace of an observed load: requests by the instant they left the client.
 * @param planned requests that were to be sent in all
 */
export function observedTrace(
  observed: readonly ObservedRequest[],
  table: RequestTable,
  planned: number,
  endpoint: Endpoint,
  facts: RunFacts,
): Trace {
  const log = new DiagnosticLog();
  noteFailures(observed, log);
  noteLengths(
    observed.filter(({ status }) => status === 'finished'),
    table,
    endpoint,
    log,
  );
  const late = observed.filter(({ sentAtUs, dueAtUs }) => sentAtUs - dueAtUs > LATE_US).length;
  log.add('doubt', 'client-send-late', 'requests left the client more than 10 ms late', late);
  if (endpoint === 'completions')
    log.add(
      'doubt',
      'generated-tokens-unknown',
      'turns whose prompt has other tokens in the place of an earlier answer, whose ids the server does not return',
      unknownAnswers(observed, table),
    );
  log.add(
    'doubt',
    'run-interrupted',
    'requests were not sent: the run was interrupted',
    planned - observed.length,
  );
  const { model, engineVersion, workloadName, server } = facts;
  return {
    meta: {
      source: 'trueline-observe',
      synthetic: false,
      clock: 'client',
      ...(model === undefined ? {} : { model }),
      ...(engineVersion === undefined ? {} : { engineVersion }),
      ...(workloadName === undefined ? {} : { workloadName }),
      ...(server === undefined ? {} : { server }),
    },
    requests: tableFromFirstArrival(
      observed.map((request) => rowOf(request, table)),
      log,
    ),
    diagnostics: log.list(),
  };
}
