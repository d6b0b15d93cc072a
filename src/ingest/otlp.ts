import { DEFAULT_SERVER } from '../trace/server-config.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import { segmentsOf } from './journey-segments.js';
import type { JourneyTable } from './journey-table.js';
import { OtlpCollector } from './otlp-collector.js';
import { spansOf, spansOfLine } from './otlp-json.js';
import { otlpRequests } from './otlp-requests.js';
import { stepTable, type EngineReading, type StepTable } from './otlp-step-table.js';
import type { RecordedSteps } from './otlp-steps.js';
import { EventTemplates } from './otlp-templates.js';
import type { FileProbe } from './probe-file.js';
import { readLines } from './read-file.js';
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

function readingOf(facts: RunFacts): EngineReading {
  const { blockSizeTokens, maxNumBatchedTokens, longPrefillTokenThreshold, prefixCaching } = {
    ...DEFAULT_SERVER,
    ...facts.server,
  };
  return {
    asynchronous: isAsynchronous(facts),
    blockSizeTokens,
    maxNumBatchedTokens,
    longPrefillTokenThreshold,
    prefixCaching,
  };
}

async function collect(files: readonly FileProbe[], log: DiagnosticLog): Promise<OtlpCollector> {
  const collector = new OtlpCollector(log);
  const templates = new EventTemplates();
  for (const { file, kind, value } of files) {
    if (kind === 'json') {
      collector.addLine(spansOf(value), 1);
      continue;
    }
    for await (const line of readLines(file))
      collector.addLine(spansOfLine(line, file, templates), line.number);
  }
  return collector;
}

function countIrregular(journeys: JourneyTable, asynchronous: boolean): number {
  let irregular = 0;
  for (let row = 0; row < journeys.length; row += 1)
    if (!segmentsOf(journeys.at(row), asynchronous).regular) irregular += 1;
  return irregular;
}

/** The step table and the size of the KV pool. What was recorded is forgotten on return: with a long run it is large. */
function stepsOf(
  { steps, journeys, snapshots, originUs }: OtlpCollector,
  file: string,
  reading: EngineReading,
  log: DiagnosticLog,
): StepTable & Pick<RecordedSteps, 'kvBlocksTotal'> {
  const recorded = steps.finish(file, log);
  const table = stepTable({ recorded, journeys, snapshots, file }, reading, originUs, log);
  return { ...table, kvBlocksTotal: recorded.kvBlocksTotal };
}

async function readOtlp(
  files: readonly FileProbe[],
  facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const collector = await collect(files, log);
  const { journeys, originUs } = collector;
  const reading = readingOf(facts);
  const { asynchronous } = reading;
  const irregular = countIrregular(journeys, asynchronous);
  log.add('doubt', 'journey-irregular', 'requests that were left out of a step or did not finish', irregular);
  const steps = stepsOf(collector, files[0]?.file ?? '', reading, log);
  const { kvBlocksTotal } = steps;
  const requests = otlpRequests(journeys, steps, asynchronous, originUs, log);
  return {
    ...(journeys.length === 0 ? {} : { requests }),
    clock: 'engine',
    ...(steps.columns === undefined ? {} : { steps: steps.columns }),
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
