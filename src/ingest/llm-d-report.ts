import { withoutUndefined } from '../text/object-keys.js';
import type { StageAggregate } from '../trace/trace.js';
import { sToMs } from '../units.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import type { FileProbe } from './probe-file.js';
import { stageMetrics } from './stage-metrics.js';
import { asNumber, asString, hasKeys, items, member, memberAt } from './value-guards.js';

const VERSIONS = new Set(['0.1', '0.2', '0.2.1']);

/** A statistic in ms. Units follow the tool that measured (`s`, `ms`, `s/token`, …), so they are always read. */
function statisticMs(latency: unknown, name: string, statistic: string): number | undefined {
  const distribution = member(latency, name);
  const value = asNumber(member(distribution, statistic));
  const unit = asString(member(distribution, 'units'))?.split('/')[0];
  if (value === undefined) return undefined;
  if (unit === 's') return sToMs(value);
  return unit === 'ms' ? value : undefined;
}

const REPORTED = { ttft: 'time_to_first_token', e2e: 'request_latency' } as const;

function aggregateOf(report: unknown, index: number): StageAggregate {
  const aggregate =
    memberAt(report, 'results', 'request_performance', 'aggregate') ?? member(report, 'metrics');
  const latency = member(aggregate, 'latency');
  const load = memberAt(report, 'scenario', 'load', 'standardized');
  return {
    stage: asNumber(member(load, 'stage')) ?? index,
    requests: asNumber(memberAt(aggregate, 'requests', 'total')) ?? 0,
    failed: asNumber(memberAt(aggregate, 'requests', 'failures')) ?? 0,
    metrics: stageMetrics(
      (duration, name) => statisticMs(latency, REPORTED[duration], name),
      statisticMs(latency, 'inter_token_latency', 'mean'),
    ),
    ...withoutUndefined({ requestedRatePerS: asNumber(member(load, 'rate_qps')) }),
  };
}

/** The first inference engine of the stack. */
function factsOf(report: unknown): RunFacts {
  const engine = items(memberAt(report, 'scenario', 'stack'))
    .map((component) => member(component, 'standardized'))
    .find((component) => member(component, 'kind') === 'inference_engine');
  return {
    ...withoutUndefined({ model: asString(memberAt(engine, 'model', 'name')) }),
    server: withoutUndefined({
      tensorParallelSize: asNumber(memberAt(engine, 'accelerator', 'parallelism', 'tp')),
    }),
  };
}

async function readReports(
  files: readonly FileProbe[],
  _facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const stages = files.map(({ value }, index) => aggregateOf(value, index));
  log.add(
    'doubt',
    'report-secondary',
    'reports restate another tool, whose definition of inter-token latency they keep',
    stages.length,
  );
  return Promise.resolve({ stages, clock: 'client', facts: factsOf(files[0]?.value) });
}

/** llm-d benchmark reports 0.1 to 0.2.1, YAML or JSON; one report is a stage. */
export const llmDReportImporter: DataImporter = {
  format: 'llm-d-report',
  looksFor: 'llm-d benchmark reports: `version` 0.1, 0.2 or 0.2.1 with `scenario`',
  matches: ({ kind, value }) =>
    (kind === 'yaml' || kind === 'json') &&
    hasKeys(value, 'version', 'scenario') &&
    VERSIONS.has(String(member(value, 'version'))),
  read: readReports,
};
