import { withoutUndefined } from '../text/object-keys.js';
import type { RequestStatus, StageAggregate } from '../trace/trace.js';
import { msToUs, sToMs, sToUs } from '../units.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import type { FileProbe } from './probe-file.js';
import { tableFromFirstArrival, type RequestRow } from './request-table.js';
import { stageMetrics, type LatencyStatistic } from './stage-metrics.js';
import { asNumber, hasKeys, items, member, memberAt } from './value-guards.js';
import { withoutRepeats } from './without-repeats.js';

/** A statistic of successful requests; an empty distribution is written as zeros and means "none". */
function statistic(benchmark: unknown, metric: string, ...path: readonly string[]): number | undefined {
  const distribution = memberAt(benchmark, 'metrics', metric, 'successful');
  return asNumber(member(distribution, 'count')) === 0
    ? undefined
    : asNumber(memberAt(distribution, ...path));
}

const LOCATIONS: Readonly<Record<LatencyStatistic, readonly string[]>> = {
  mean: ['mean'],
  p50: ['median'],
  p90: ['percentiles', 'p90'],
  p99: ['percentiles', 'p99'],
};

function aggregateOf(benchmark: unknown, stage: number): StageAggregate {
  const e2e = (name: LatencyStatistic): number | undefined => {
    const seconds = statistic(benchmark, 'request_latency', ...LOCATIONS[name]); // the one metric in seconds
    return seconds === undefined ? undefined : sToMs(seconds);
  };
  const rate =
    asNumber(memberAt(benchmark, 'config', 'strategy', 'rate')) ??
    asNumber(memberAt(benchmark, 'args', 'strategy', 'rate'));
  return {
    stage,
    requests: asNumber(memberAt(benchmark, 'metrics', 'request_totals', 'total')) ?? 0,
    failed: asNumber(memberAt(benchmark, 'metrics', 'request_totals', 'errored')) ?? 0,
    metrics: stageMetrics(
      (duration, name) =>
        duration === 'e2e' ? e2e(name) : statistic(benchmark, 'time_to_first_token_ms', ...LOCATIONS[name]),
      statistic(benchmark, 'inter_token_latency_ms', 'mean'), // its time per output token includes TTFT
    ),
    ...withoutUndefined({ requestedRatePerS: rate }),
  };
}

const LISTS: readonly (readonly [list: string, status: RequestStatus])[] = [
  ['successful', 'finished'],
  ['errored', 'failed'],
  ['incomplete', 'unfinished'],
];

/** Start, first token and end of a record of any version, in epoch seconds. */
function instantsOf(record: unknown): {
  start: number | undefined;
  first: number | undefined;
  last: number | undefined;
} {
  const timings = memberAt(record, 'info', 'timings');
  if (timings === undefined) {
    const time = (name: string): number | undefined => asNumber(member(record, name));
    return { start: time('start_time'), first: time('first_token_time'), last: time('last_token_time') };
  }
  const time = (name: string): number | undefined => asNumber(member(timings, name));
  const end = time('request_end');
  return {
    start: time('request_start') ?? time('targeted_start'),
    first: time('first_token_iteration'),
    last: time('last_token_iteration') ?? end,
  };
}

function rowOf(
  record: unknown,
  status: RequestStatus,
  stage: number,
  log: DiagnosticLog,
): RequestRow | undefined {
  const { start, first, last } = instantsOf(record);
  if (start === undefined || (first ?? start) < start || (last ?? start) < start) {
    log.add('dropped', 'request-impossible-time', 'requests with a missing, negative or inconsistent time');
    return undefined;
  }
  const ttftMs = asNumber(member(record, 'time_to_first_token_ms'));
  const firstUs =
    first === undefined ? (ttftMs === undefined ? undefined : sToUs(start) + msToUs(ttftMs)) : sToUs(first);
  return {
    arrivedAtUs: sToUs(start),
    firstTokenAtUs: status === 'failed' ? undefined : firstUs,
    finishedAtUs: last === undefined ? undefined : sToUs(last),
    promptTokens: asNumber(member(record, 'prompt_tokens')),
    outputTokens: asNumber(member(record, 'output_tokens')),
    cachedTokens: asNumber(member(record, 'cached_tokens')),
    stage,
    status,
  };
}

function rowsOf(benchmark: unknown, stage: number, log: DiagnosticLog): RequestRow[] {
  return LISTS.flatMap(([list, status]) =>
    items(memberAt(benchmark, 'requests', list)).flatMap((record) => rowOf(record, status, stage, log) ?? []),
  );
}

async function readGuideLlm(
  files: readonly FileProbe[],
  _facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const benchmarks: unknown[] = [];
  for (const { value } of files)
    benchmarks.push(...withoutRepeats(items(member(value, 'benchmarks')), benchmarks, log));
  const rows = benchmarks.flatMap((benchmark, stage) => rowsOf(benchmark, stage, log));
  return Promise.resolve({
    ...(rows.length === 0 ? {} : { requests: tableFromFirstArrival(rows, log) }),
    stages: benchmarks.map(aggregateOf),
    clock: 'client',
  });
}

/** GuideLLM reports of every version (JSON); each benchmark is a stage. */
export const guideLlmImporter: DataImporter = {
  format: 'guidellm',
  looksFor: 'GuideLLM reports: an object with `benchmarks`, each with `metrics` and `requests`',
  matches: ({ kind, value }) =>
    (kind === 'json' || kind === 'yaml') &&
    hasKeys(items(member(value, 'benchmarks'))[0], 'metrics', 'requests'),
  read: readGuideLlm,
};
