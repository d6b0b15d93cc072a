import { withoutUndefined } from '../text/object-keys.js';
import type { StageAggregate } from '../trace/trace.js';
import { sToMs } from '../units.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import { stageNumber, stageOrder } from './inference-perf-stage.js';
import type { FileProbe } from './probe-file.js';
import { stageMetrics } from './stage-metrics.js';
import { asNumber, hasKeys, member, memberAt } from './value-guards.js';

/** Two ways to the same time per token may differ by this much (client tail after the last token). */
const ITL_TOLERANCE_RATIO = 0.02;

const latencyMs = (report: unknown, name: string, statistic: string): number | undefined => {
  const seconds = asNumber(memberAt(report, 'successes', 'latency', name, statistic));
  return seconds === undefined ? undefined : sToMs(seconds);
};

/**
 * Mean time per generated token: (E2E − TTFT) ÷ (N − 1). Reports up to v0.2 hold two entries per token, so their own
 * `time_per_output_token` is about half of it; rescaled by (2N + 1) ÷ (N − 1) it must agree.
 */
function itlMeanMs(report: unknown, generated: number, log: DiagnosticLog): number | undefined {
  const e2e = latencyMs(report, 'request_latency', 'mean');
  const ttft = latencyMs(report, 'time_to_first_token', 'mean');
  if (e2e === undefined || ttft === undefined || generated <= 1) return undefined;
  const itl = (e2e - ttft) / (generated - 1);
  const reported = latencyMs(report, 'time_per_output_token', 'mean');
  const isDoubled = !hasKeys(report, 'benchmark_time_seconds');
  const expected =
    reported === undefined || !isDoubled ? reported : (reported * (2 * generated + 1)) / (generated - 1);
  if (expected !== undefined && Math.abs(expected / itl - 1) > ITL_TOLERANCE_RATIO) {
    log.add(
      'doubt',
      'stage-itl-inconsistent',
      'stages whose reported time per token does not fit the generated count',
    );
  } else if (isDoubled) {
    log.add('repaired', 'stage-itl-doubled', 'stages whose report counts every token twice');
  }
  return itl;
}

const REPORTED = { ttft: 'time_to_first_token', e2e: 'request_latency' } as const;

function aggregateOf(probe: FileProbe, index: number, facts: RunFacts, log: DiagnosticLog): StageAggregate {
  const report = probe.value;
  const isStage =
    hasKeys(memberAt(report, 'load_summary'), 'requested_rate') || stageNumber(probe.file) !== undefined;
  const counted =
    asNumber(memberAt(report, 'successes', 'output_len', 'mean')) ??
    asNumber(memberAt(report, 'successes', 'output_tokens', 'mean'));
  if (facts.outputTokens === undefined) {
    log.add(
      'doubt',
      'stage-output-retokenised',
      'stages whose time per token rests on a re-tokenised output length',
    );
  }
  const generated = facts.outputTokens ?? counted ?? 0;
  return {
    stage: isStage ? (stageNumber(probe.file) ?? index) : 'all',
    requests: asNumber(memberAt(report, 'load_summary', 'count')) ?? 0,
    failed: asNumber(memberAt(report, 'failures', 'count')) ?? 0,
    metrics: stageMetrics(
      (duration, name) => latencyMs(report, REPORTED[duration], name === 'p50' ? 'median' : name),
      itlMeanMs(report, generated, log),
    ),
    ...withoutUndefined({
      requestedRatePerS: asNumber(memberAt(report, 'load_summary', 'requested_rate')),
      meanOutputTokens: counted,
      sendLagMeanMs: sendLagMs(report, 'mean'),
      sendLagP99Ms: sendLagMs(report, 'p99'),
    }),
  };
}

/** Actual minus scheduled start of the requests. */
function sendLagMs(report: unknown, statistic: string): number | undefined {
  const seconds = asNumber(memberAt(report, 'load_summary', 'schedule_delay', statistic));
  return seconds === undefined ? undefined : sToMs(seconds);
}

async function readReports(
  files: readonly FileProbe[],
  facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const stages = files.map((file, index) => aggregateOf(file, index, facts, log));
  return Promise.resolve({ stages: stages.toSorted(stageOrder), clock: 'client' });
}

/** inference-perf lifecycle reports: figures per load stage and over all. */
export const inferencePerfReportImporter: DataImporter = {
  format: 'inference-perf',
  looksFor:
    'inference-perf stage and summary reports: an object with `load_summary`, `successes.latency`, `failures`',
  matches: ({ kind, value }) =>
    kind === 'json' &&
    hasKeys(value, 'load_summary', 'successes', 'failures') &&
    hasKeys(member(value, 'successes'), 'latency'),
  read: readReports,
};
