import { groupMetrics } from '../trace/metrics.js';
import type { StageAggregate } from '../trace/trace.js';
import { msToUs, sToUs } from '../units.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import type { FileProbe } from './probe-file.js';
import { requestTable, tableFromFirstArrival, type RequestRow } from './request-table.js';
import { asNumber, asString, hasKeys, items, member } from './value-guards.js';

/** A simulated request, whose instants count from its own arrival when the arrival itself was not written. */
function resultRow(record: unknown, log: DiagnosticLog): RequestRow | undefined {
  const [ttftUs, e2eUs] = [asNumber(member(record, 'ttft_us')), asNumber(member(record, 'e2e_us'))];
  if (ttftUs === undefined || e2eUs === undefined || ttftUs < 0 || e2eUs < ttftUs) {
    log.add('dropped', 'request-impossible-time', 'requests with a missing, negative or inconsistent time');
    return undefined;
  }
  return {
    arrivedAtUs: 0,
    firstTokenAtUs: ttftUs,
    finishedAtUs: e2eUs,
    outputTokens: asNumber(member(record, 'output_tokens')),
    status: 'finished',
  };
}

/** Figures over a file of results, which have no arrivals to order them by. */
function stageOf(file: FileProbe, stage: number, log: DiagnosticLog): StageAggregate[] {
  const rows = items(file.value).flatMap((record) => resultRow(record, log) ?? []);
  if (rows.length === 0) return [];
  const { metrics, counts } = groupMetrics({ requests: requestTable(rows, log) });
  return [{ stage, requests: counts.requests, failed: 0, metrics }];
}

async function readResults(
  files: readonly FileProbe[],
  _facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const model = asString(member(items(files[0]?.value)[0], 'model'));
  return Promise.resolve({
    stages: files.flatMap((file, stage) => stageOf(file, stage, log)),
    clock: 'simulated',
    synthetic: true,
    ...(model === undefined ? {} : { facts: { model } }),
  });
}

/** Per-request results of BLIS (`blis replay --results-path`), without arrivals: figures over all of them. */
export const blisResultsImporter: DataImporter = {
  format: 'blis-results',
  looksFor: 'BLIS results: an array of `request_id`, `ttft_us`, `e2e_us`',
  matches: ({ kind, value }) =>
    kind === 'json' && hasKeys(items(value)[0], 'request_id', 'ttft_us', 'e2e_us'),
  read: readResults,
};

/** `arrived_at` is in seconds, everything else in ms. A request that generated nothing in the horizon has zeros. */
function metricsRow(record: unknown, log: DiagnosticLog): RequestRow | undefined {
  const number = (name: string): number | undefined => asNumber(member(record, name));
  const arrivedS = number('arrived_at');
  const [ttftMs, e2eMs] = [number('ttft_ms') ?? 0, number('e2e_ms') ?? 0];
  if (arrivedS === undefined || arrivedS < 0 || ttftMs < 0 || (e2eMs > 0 && e2eMs < ttftMs)) {
    log.add('dropped', 'request-impossible-time', 'requests with a missing, negative or inconsistent time');
    return undefined;
  }
  const arrivedAtUs = sToUs(arrivedS);
  const after = (ms: number): number | undefined => (ms === 0 ? undefined : arrivedAtUs + msToUs(ms));
  const delayMs = number('scheduling_delay_ms');
  return {
    id: asString(member(record, 'requestID')),
    arrivedAtUs,
    scheduledAtUs: ttftMs === 0 || delayMs === undefined ? undefined : arrivedAtUs + msToUs(delayMs),
    firstTokenAtUs: after(ttftMs),
    finishedAtUs: after(e2eMs),
    promptTokens: number('num_prefill_tokens'),
    outputTokens: number('num_decode_tokens'),
    status: e2eMs === 0 ? 'unfinished' : 'finished',
  };
}

async function readMetrics(
  files: readonly FileProbe[],
  _facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const rows = files.flatMap(({ value }) =>
    items(member(value, 'requests')).flatMap((record) => metricsRow(record, log) ?? []),
  );
  const stages = files.map(({ value }, stage): StageAggregate => {
    const [injected, completed] = ['injected_requests', 'completed_requests'].map((key) =>
      asNumber(member(value, key)),
    );
    const figures = ['ttft', 'itl', 'e2e'].flatMap((name) =>
      (name === 'itl' ? ['Mean'] : ['Mean', 'P90', 'P99']).map((statistic): [string, number | undefined] => [
        `${name}${statistic}Ms`,
        asNumber(member(value, `${name}_${statistic.toLowerCase()}_ms`)),
      ]),
    );
    const known = figures.filter((figure): figure is [string, number] => figure[1] !== undefined);
    return {
      stage,
      requests: injected ?? completed ?? 0,
      failed: asNumber(member(value, 'timed_out_requests')) ?? 0,
      metrics: Object.fromEntries(known),
    };
  });
  return Promise.resolve({
    ...(rows.length === 0 ? {} : { requests: tableFromFirstArrival(rows, log) }),
    stages,
    clock: 'simulated',
    synthetic: true,
  });
}

/** What `blis run` writes: figures, and requests with their arrivals when it was asked for them. */
export const blisMetricsImporter: DataImporter = {
  format: 'blis-metrics',
  looksFor: 'BLIS metrics: an object with `injected_requests` and `instance_id`',
  matches: ({ kind, value }) => kind === 'json' && hasKeys(value, 'injected_requests', 'instance_id'),
  read: readMetrics,
};
