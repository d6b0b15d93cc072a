import { withoutUndefined } from '../text/object-keys.js';
import type { StageAggregate } from '../trace/trace.js';
import { sToMs } from '../units.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import { stageNumber, stageOrder } from './inference-perf-stage.js';
import type { FileProbe } from './probe-file.js';
import { stageMetrics } from './stage-metrics.js';
import { asNumber, hasKeys, member, memberAt } from './value-guards.js';

/** A statistic in ms. A metric the server did not expose is written as 0, which no duration is. */
function ms(report: unknown, name: string, statistic: string): number | undefined {
  const seconds = asNumber(memberAt(report, 'successes', name, statistic));
  return seconds === undefined || seconds === 0 ? undefined : sToMs(seconds);
}

const REPORTED = { ttft: 'time_to_first_token', e2e: 'request_latency' } as const;

const aggregateOf = ({ file, value }: FileProbe): StageAggregate => ({
  stage: stageNumber(file) ?? 'all',
  requests: asNumber(memberAt(value, 'successes', 'count')) ?? 0,
  failed: asNumber(memberAt(value, 'failures', 'count')) ?? 0,
  metrics: withoutUndefined(
    stageMetrics(
      (duration, name) => ms(value, REPORTED[duration], name === 'p50' ? 'median' : name),
      ms(value, 'time_per_output_token', 'mean'),
    ),
  ),
});

async function readReports(
  files: readonly FileProbe[],
  _facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const stages = files.map(aggregateOf);
  log.add(
    'doubt',
    'stage-window-overlaps',
    'stages whose figures come from the server and also cover what it served around the stage',
    stages.length,
  );
  return Promise.resolve({ stages: stages.toSorted(stageOrder), clock: 'engine' });
}

/**
 * inference-perf's Prometheus reports: the server's histograms over a stage's window, which reaches past the stage by a
 * scrape interval and 5 s (kubernetes-sigs/inference-perf@7de5ef2). Its `prompt_len` is a rate in old releases and not read.
 */
export const inferencePerfPrometheusImporter: DataImporter = {
  format: 'inference-perf-prometheus',
  looksFor: 'inference-perf Prometheus reports: an object with `load_summary`, `successes.rate`, `failures`',
  matches: ({ kind, value }) =>
    (kind === 'json' || kind === 'json-lines') &&
    hasKeys(value, 'load_summary', 'successes', 'failures') &&
    hasKeys(member(value, 'successes'), 'rate') &&
    !hasKeys(member(value, 'successes'), 'latency'),
  read: readReports,
};
