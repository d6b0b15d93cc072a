import { parseJson } from '../text/parse-document.js';
import { DEFAULT_SERVER } from '../trace/server-config.js';
import type { StepColumns } from '../trace/trace.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import { segmentsOf, type JourneySegments } from './journey-segments.js';
import { OtlpCollector } from './otlp-collector.js';
import { spansOf } from './otlp-json.js';
import { otlpRequests, stepRows } from './otlp-requests.js';
import { orderedSteps, stepTokens, type RecordedStep } from './otlp-steps.js';
import type { FileProbe } from './probe-file.js';
import { readLines } from './read-file.js';
import { stepBatches, type StepReading } from './step-batches.js';
import { stepPeriods } from './step-periods.js';
import { hasKeys } from './value-guards.js';

/** The first release that schedules asynchronously unless told otherwise. */
const ASYNC_SINCE_MINOR = 14;

/** Whether the engine ran two batches deep: as stated, else by its version, else yes. */
function isAsynchronous(facts: RunFacts): boolean {
  const stated = facts.server?.asyncScheduling;
  if (stated !== undefined) return stated;
  const [, major, minor] = /^v?(\d+)\.(\d+)/u.exec(facts.engineVersion ?? '') ?? [];
  return major === undefined || Number(major) > 0 || Number(minor) >= ASYNC_SINCE_MINOR;
}

async function collect(files: readonly FileProbe[], log: DiagnosticLog): Promise<OtlpCollector> {
  const collector = new OtlpCollector(log);
  for (const { file, kind, value } of files) {
    if (kind === 'json') {
      for (const span of spansOf(value)) collector.add(span, 1);
      continue;
    }
    for await (const { number, text } of readLines(file)) {
      for (const span of spansOf(parseJson(text, file, number))) collector.add(span, number);
    }
  }
  return collector;
}

function stepColumns(
  steps: readonly RecordedStep[],
  segments: readonly JourneySegments[],
  collector: OtlpCollector,
  reading: StepReading,
  originUs: number,
  log: DiagnosticLog,
): StepColumns {
  const { periodUs, fromPreceding } = stepPeriods(steps, reading.asynchronous);
  log.add(
    'doubt',
    'step-period-of-preceding',
    'steps timed by the identical decode batch before them',
    fromPreceding,
  );
  const batches = stepBatches(steps, segments, collector.snapshots, reading, log);
  return {
    count: steps.length,
    id: Int32Array.from(steps, ({ id }) => id),
    scheduledAtUs: Float64Array.from(steps, ({ scheduledAtUs }) => scheduledAtUs - originUs),
    periodUs,
    ...batches,
    running: Int32Array.from(steps, ({ running }) => running),
    waiting: Int32Array.from(steps, ({ waiting }) => waiting),
    kvBlocksUsed: Int32Array.from(steps, ({ kvBlocksUsed }) => kvBlocksUsed),
  };
}

/** Instant of the first recorded event, which becomes 0. */
function originOf(collector: OtlpCollector): number {
  let originUs = Infinity;
  for (const { scheduledAtUs } of collector.steps) originUs = Math.min(originUs, scheduledAtUs);
  for (const { queued } of collector.journeys) originUs = Math.min(originUs, queued?.atUs ?? Infinity);
  for (const { arrivedAtUs } of collector.calls.values())
    originUs = Math.min(originUs, arrivedAtUs ?? Infinity);
  return Number.isFinite(originUs) ? originUs : 0;
}

async function readOtlp(
  files: readonly FileProbe[],
  facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const collector = await collect(files, log);
  const originUs = originOf(collector);
  const asynchronous = isAsynchronous(facts);
  const blockSizeTokens = facts.server?.blockSizeTokens ?? DEFAULT_SERVER.blockSizeTokens;
  const ordered = orderedSteps(collector.steps, files[0]?.file ?? '', log);
  const steps = ordered.filter((step) => stepTokens(step) > 0);
  const segments = collector.journeys.map(segmentsOf);
  const irregular = segments.filter(({ regular }) => !regular).length;
  log.add('doubt', 'journey-irregular', 'requests that were left out of a step or did not finish', irregular);
  const columns =
    ordered.length === 0
      ? undefined
      : stepColumns(steps, segments, collector, { asynchronous, blockSizeTokens }, originUs, log);
  const { journeys, calls } = collector;
  const requests = otlpRequests(
    { journeys, segments, calls },
    stepRows(ordered, steps),
    asynchronous,
    originUs,
    log,
  );
  const kvBlocksTotal = ordered.at(-1)?.kvBlocksTotal ?? -1;
  return {
    ...(journeys.length === 0 ? {} : { requests }),
    clock: 'engine',
    ...(columns === undefined ? {} : { steps: columns }),
    // the recorded pool leaves out the null block
    ...(kvBlocksTotal <= 0
      ? {}
      : { facts: { server: { asyncScheduling: asynchronous, totalKvBlocks: kvBlocksTotal + 1 } } }),
  };
}

/** vLLM step and request tracing, exported as OTLP JSON lines (inference-sim/vllm, scheduler and API spans). */
export const otlpImporter: DataImporter = {
  format: 'otlp',
  looksFor: 'OTLP traces: JSON lines with `resourceSpans`',
  matches: ({ kind, value }) => (kind === 'json' || kind === 'json-lines') && hasKeys(value, 'resourceSpans'),
  read: readOtlp,
};
