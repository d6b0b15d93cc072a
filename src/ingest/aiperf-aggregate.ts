import Papa from 'papaparse';
import { withoutUndefined } from '../text/object-keys.js';
import type { StageAggregate } from '../trace/trace.js';
import { nsToUs, sToMs, usToMs } from '../units.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import type { FileProbe } from './probe-file.js';
import { readText } from './read-file.js';
import { stageMetrics } from './stage-metrics.js';
import { asNumber, asString, hasKeys, items, member, memberAt } from './value-guards.js';

/** A statistic of a metric in ms, or of a metric without unit as it is; undefined when not exported. */
type ReadMetric = (name: string, statistic: string) => number | undefined;

const TO_MS: ReadonlyMap<string, (value: number) => number> = new Map([
  ['s', sToMs],
  ['sec', sToMs],
  ['us', usToMs],
  ['ns', (ns: number): number => usToMs(nsToUs(ns))],
]);

const inMs = (value: number | undefined, unit: string | undefined): number | undefined =>
  value === undefined ? undefined : (TO_MS.get(unit ?? '')?.(value) ?? value);

const REPORTED = { ttft: 'time_to_first_token', e2e: 'request_latency' } as const;

/**
 * AIPerf and genai-perf define both durations at the client, and inter-token latency per request as (E2E − TTFT) ÷ (N − 1)
 * with N re-tokenised (ai-dynamo/aiperf@db4f639, docs/metrics_reference.md).
 */
function aggregateOf(read: ReadMetric, stage: number, requestedRatePerS: number | undefined): StageAggregate {
  const failed = read('error_request_count', 'avg') ?? 0;
  return {
    stage,
    requests: (read('request_count', 'avg') ?? 0) + failed, // `request_count` counts the good ones
    failed,
    metrics: stageMetrics(
      (duration, statistic) => read(REPORTED[duration], statistic === 'mean' ? 'avg' : statistic),
      read('inter_token_latency', 'avg'),
    ),
    ...withoutUndefined({ requestedRatePerS }),
  };
}

const readJson =
  (value: unknown): ReadMetric =>
  (name, statistic) => {
    const metric = member(value, name);
    return inMs(asNumber(member(metric, statistic)), asString(member(metric, 'unit')));
  };

/** `Time to First Token (ms)` is `time_to_first_token` in ms. */
function titleOf(title: string): { readonly name: string; readonly unit: string | undefined } {
  const match = /^(.*?)\s*(?:\(([^)]*)\))?$/u.exec(title.trim());
  return { name: (match?.[1] ?? title).toLowerCase().replaceAll(/\W+/gu, '_'), unit: match?.[2] };
}

/** Two tables, one under the other: statistics of metrics, then single values; cells have two decimals. */
function readCsv(text: string): ReadMetric {
  const values = new Map<string, number>();
  let header: readonly string[] = [];
  for (const row of Papa.parse<string[]>(text, { delimiter: ',', skipEmptyLines: 'greedy' }).data) {
    const [title = '', ...cells] = row;
    if (title === 'Metric') header = row.slice(1);
    else {
      const { name, unit } = titleOf(title);
      for (const [i, cell] of cells.entries()) {
        const ms = cell === '' || !Number.isFinite(Number(cell)) ? undefined : inMs(Number(cell), unit);
        const column = header[i] === 'Value' ? 'avg' : (header[i] ?? '');
        if (ms !== undefined) values.set(`${name} ${column}`, ms);
      }
    }
  }
  return (name, statistic) => values.get(`${name} ${statistic}`);
}

const isCsv = ({ kind, start }: FileProbe): boolean =>
  kind === 'text' && /^Metric,avg,min,max(?:,|\r?\n)/u.test(start);

async function readAggregates(
  files: readonly FileProbe[],
  _facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const stages: StageAggregate[] = [];
  // the CSV repeats the JSON beside it, rounded
  const documents = files.filter((file) => !isCsv(file));
  const tables = documents.length > 0 ? [] : files.filter(isCsv);
  for (const { value } of documents) {
    const rate = asNumber(memberAt(value, 'input_config', 'loadgen', 'request_rate'));
    stages.push(aggregateOf(readJson(value), stages.length, rate));
  }
  for (const { file } of tables)
    stages.push(aggregateOf(readCsv(await readText(file)), stages.length, undefined));
  log.add(
    'doubt',
    'stage-output-retokenised',
    'stages whose time per token rests on a re-tokenised output length',
    stages.length,
  );
  const models = items(memberAt(documents[0]?.value, 'input_config', 'endpoint', 'model_names'));
  return { stages, clock: 'client', facts: withoutUndefined({ model: asString(models[0]) }) };
}

/** Aggregates of AIPerf (JSON, CSV) and of genai-perf (JSON); each run is a stage. */
export const aiperfAggregateImporter: DataImporter = {
  format: 'aiperf-aggregate',
  looksFor:
    'AIPerf and genai-perf aggregates: an object with `input_config` and metrics of `unit` and `avg`, or CSV that begins `Metric,avg,min,max`',
  matches: (probe) =>
    isCsv(probe) ||
    (probe.kind === 'json' &&
      hasKeys(probe.value, 'input_config') &&
      hasKeys(member(probe.value, 'request_latency'), 'unit', 'avg')),
  read: readAggregates,
};
