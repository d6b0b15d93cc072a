import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { BatchColumns, Counts, StepColumns } from '../trace/trace.js';
import { batchEnds, periodByEnds } from './batch-ends.js';
import { segmentsOf, type JourneySegments } from './journey-segments.js';
import type { JourneyTable } from './journey-table.js';
import { rowOfId, type Numbers } from './number-column.js';
import { stepTokens, type RecordedSteps } from './otlp-steps.js';
import { PrefillChunks, type Snapshots } from './prefill-chunks.js';
import {
  agreementOf,
  stepBatches,
  type Agreement,
  type RebuiltBatches,
  type StepReading,
} from './step-batches.js';
import { stepMembers } from './step-members.js';
import { stepPeriods } from './step-periods.js';
import { rebuiltRows, recordedRows, stepSpan, type StepRows, type StepSpan } from './step-rows.js';

/** How the engine ran, for the meaning of its events. */
export interface EngineReading extends StepReading {
  readonly maxNumBatchedTokens: number;
  readonly longPrefillTokenThreshold: number;
  /** Whether a prefill may find its prompt in the cache. */
  readonly prefixCaching: boolean;
}

/** Everything that tracing says of a run's steps. */
export interface StepSources {
  readonly recorded: RecordedSteps;
  readonly journeys: JourneyTable;
  readonly snapshots: Snapshots;
  /** Named in errors. */
  readonly file: string;
}

/** The steps of a run, and what follows from them for its requests. */
export interface StepTable {
  readonly columns: StepColumns | undefined;
  /** True when no busy step of the run is missing. */
  readonly isComplete: boolean;
  /** Prompt tokens found in the cache at first admission, by journey; undefined where not known. */
  readonly cachedTokens: (journey: number) => number | undefined;
}

/** Journeys that agree with fewer recorded steps than this were sampled or damaged: nothing is rebuilt from them. */
const LEAST_AGREEMENT_RATIO = 0.9;

function* allSegments(journeys: JourneyTable, asynchronous: boolean): Generator<JourneySegments> {
  for (let row = 0; row < journeys.length; row += 1) yield segmentsOf(journeys.at(row), asynchronous);
}

function rebuild(
  { recorded, journeys, snapshots }: StepSources,
  { firstId, lastId }: StepSpan,
  reading: EngineReading,
  log: DiagnosticLog,
): RebuiltBatches & { readonly assumedUncached: number } {
  const members = stepMembers(allSegments(journeys, reading.asynchronous), firstId, lastId);
  const chunks = new PrefillChunks();
  let tooMany = 0;
  for (const segments of allSegments(journeys, reading.asynchronous)) if (!chunks.add(segments)) tooMany += 1;
  log.add('dropped', 'journey-endless', 'prefills over more steps than a run has', tooMany);
  const decodes = (step: number): number => members.decodeRequests[step - firstId] ?? 0;
  const threshold = reading.longPrefillTokenThreshold;
  const { prefixCaching } = reading;
  const { sharedOut, assumedUncached } = chunks.settle((journey) => journeys.id(journey), snapshots, {
    recorded: (step) => {
      const at = rowOfId(recorded.id, step);
      return at === undefined ? undefined : stepTokens(recorded, at) - decodes(step);
    },
    prefixCaching,
    room: (step) =>
      Math.min(reading.maxNumBatchedTokens - decodes(step), threshold > 0 ? threshold : Infinity),
  });
  log.add(
    'doubt',
    'step-prefill-shared-out',
    'steps whose prefill tokens were shared evenly between requests',
    sharedOut,
  );
  return { members, chunks, assumedUncached };
}

/** Steps that journeys and recorded steps agree on, out of those recorded while a traced request was there. */
function countAgreement(
  recorded: RecordedSteps,
  agreement: Agreement,
  hasMembers: (step: number) => boolean,
) {
  let [steps, agreeing] = [0, 0];
  for (let row = 0; row < recorded.count; row += 1) {
    if (stepTokens(recorded, row) === 0 && !hasMembers(recorded.id.at(row))) continue;
    steps += 1;
    agreeing += agreement[row]!;
  }
  return { steps, agreeing };
}

/** Who computes in a step according to journeys. */
function membership({ members, chunks }: RebuiltBatches): (step: number) => boolean {
  const prefills = new Uint8Array(members.decodeRequests.length);
  for (let chunk = 0; chunk < chunks.length; chunk += 1) prefills[chunks.step(chunk) - members.firstId] = 1;
  return (step) => {
    const at = step - members.firstId;
    return prefills[at] === 1 || (members.decodeRequests[at] ?? 0) > 0;
  };
}

/**
 * Steps of a run: the recorded ones, and where these were sampled or not traced at all, every step that request journeys
 * tell of. Journeys that do not account for the steps that were recorded are not believed about the others.
 * @throws TRACE_INVALID when steps are too far apart for one run
 */
export function stepTable(
  sources: StepSources,
  reading: EngineReading,
  originUs: number,
  log: DiagnosticLog,
): StepTable {
  const { recorded, journeys } = sources;
  const span = journeys.length === 0 ? undefined : stepSpan(recorded, journeys, sources.file);
  if (span === undefined) {
    const rows = recordedRows(recorded);
    const batches = stepBatches(recorded, rows, undefined, new Uint8Array(0), reading, log);
    return {
      columns:
        recorded.count === 0 ? undefined : stepColumns(recorded, rows, batches, reading, originUs, log),
      isComplete: hasEveryId(recorded),
      cachedTokens: () => undefined,
    };
  }
  return tableWithJourneys(sources, span, reading, originUs, log);
}

const hasEveryId = ({ id, count }: RecordedSteps): boolean =>
  count > 0 && id.at(count - 1) - id.at(0) + 1 === count;

function tableWithJourneys(
  sources: StepSources,
  span: StepSpan,
  reading: EngineReading,
  originUs: number,
  log: DiagnosticLog,
): StepTable {
  const { recorded, journeys } = sources;
  const { assumedUncached, ...rebuilt } = rebuild(sources, span, reading, log);
  const agreement = agreementOf(recorded, rebuilt, reading.asynchronous);
  const hasMembers = membership(rebuilt);
  const { steps, agreeing } = countAgreement(recorded, agreement, hasMembers);
  const isBelieved = agreeing >= LEAST_AGREEMENT_RATIO * steps;
  const rows = isBelieved ? rebuiltRows(recorded, span, hasMembers) : recordedRows(recorded);
  const missing = countMissing(rows);
  reportRebuilding({ steps, agreeing, missing, assumedUncached }, reading, log);
  const batches = stepBatches(recorded, rows, rebuilt, agreement, reading, log);
  const columns = stepColumns(recorded, rows, batches, reading, originUs, log);
  if (missing > 0) addPeriodsByEnds(columns, rows, journeys, span);
  return {
    columns: columns.count === 0 && recorded.count === 0 ? undefined : columns,
    isComplete: isBelieved || hasEveryId(recorded),
    cachedTokens: (journey) => rebuilt.chunks.cachedTokens(journey),
  };
}

/** Rows that only journeys know of. */
function countMissing({ recorded }: StepRows): number {
  let missing = 0;
  for (const row of recorded) if (row === -1) missing += 1;
  return missing;
}

/** What rebuilding came to: how well it agrees where it can be checked, and what it rests on where it cannot. */
function reportRebuilding(
  counts: {
    readonly steps: number;
    readonly agreeing: number;
    readonly missing: number;
    readonly assumedUncached: number;
  },
  { prefixCaching }: EngineReading,
  log: DiagnosticLog,
): void {
  const { steps, agreeing, missing, assumedUncached } = counts;
  const share =
    steps === 0 ? 'no recorded step to check them' : `${agreeing} of ${steps} recorded steps agree`;
  log.add(
    'doubt',
    'journeys-disagree',
    `recorded steps that journeys tell otherwise (${share})`,
    steps - agreeing,
  );
  log.add('doubt', 'step-rebuilt', `steps rebuilt from request journeys (${share})`, missing);
  if (missing > 0 && prefixCaching)
    log.add(
      'doubt',
      'prefill-assumed-uncached',
      'prefills taken as computed in full: cache hits were not recorded',
      assumedUncached,
    );
}

function addPeriodsByEnds(
  columns: StepColumns,
  rows: StepRows,
  journeys: JourneyTable,
  span: StepSpan,
): void {
  const ends = batchEnds(journeys, span.firstId, span.lastId);
  for (let row = 1; row < rows.id.length; row += 1) {
    if (rows.recorded[row] !== -1 || rows.id[row - 1] !== rows.id[row]! - 1) continue;
    columns.periodUs[row] = periodByEnds(ends, rows.id[row]!);
  }
}

/** A recorded column by row of the table; −1 where the step was not recorded. */
function recordedCounts(column: Numbers, { recorded }: StepRows): Counts {
  let largest = -1;
  for (const row of recorded) if (row !== -1) largest = Math.max(largest, column.at(row));
  const counts = countArray(largest, recorded.length);
  for (const [row, from] of recorded.entries()) counts[row] = from === -1 ? -1 : column.at(from);
  return counts;
}

function countArray(largest: number, rows: number): Counts {
  if (largest < 2 ** 7) return new Int8Array(rows);
  return largest < 2 ** 15 ? new Int16Array(rows) : new Int32Array(rows);
}

/** The same of instants, counted from an origin; NaN where the step was not recorded. */
function recordedInstants(column: Numbers, { recorded }: StepRows, originUs: number): Float64Array {
  const instants = new Float64Array(recorded.length);
  for (const [row, from] of recorded.entries()) instants[row] = column.at(from) - originUs;
  return instants;
}

function stepColumns(
  recorded: RecordedSteps,
  rows: StepRows,
  batches: BatchColumns,
  reading: EngineReading,
  originUs: number,
  log: DiagnosticLog,
): StepColumns {
  const { periodUs, fromPreceding } = stepPeriods(recorded, rows.recorded, reading.asynchronous);
  log.add(
    'doubt',
    'step-period-of-preceding',
    'steps timed by the identical decode batch before them',
    fromPreceding,
  );
  return {
    count: rows.id.length,
    id: rows.id,
    scheduledAtUs: recordedInstants(recorded.scheduledAtUs, rows, originUs),
    periodUs,
    ...batches,
    running: recordedCounts(recorded.running, rows),
    waiting: recordedCounts(recorded.waiting, rows),
    kvBlocksUsed: recordedCounts(recorded.kvBlocksUsed, rows),
  };
}
