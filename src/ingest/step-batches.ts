import { BATCH_FIELDS, emptyBatch, type BatchShape } from '../trace/batch-shape.js';
import type { BatchColumns } from '../trace/trace.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import { stepTokens, type RecordedSteps } from './otlp-steps.js';
import type { PrefillChunks } from './prefill-chunks.js';
import type { StepMembers } from './step-members.js';
import type { StepRows } from './step-rows.js';

/** How the engine ran, as far as it changes what its step events mean. */
export interface StepReading {
  readonly asynchronous: boolean;
  readonly blockSizeTokens: number;
}

/** What journeys tell of every step. */
export interface RebuiltBatches {
  readonly members: StepMembers;
  readonly chunks: PrefillChunks;
}

/** Whether journeys account for exactly the requests that a recorded step counted; indexed by recorded row. */
export type Agreement = Uint8Array;

/**
 * A batch from the step event alone: token and request counts as recorded, contexts from the KV blocks in use (a mean
 * over the running requests; blocks that requests share are counted once, so contexts come out low).
 */
function estimatedBatch(
  steps: RecordedSteps,
  row: number,
  reading: StepReading,
  log: DiagnosticLog,
): BatchShape {
  const [recordedPrefills, recordedTokens] = [steps.prefillRequests[row]!, steps.prefillTokens[row]!];
  // under asynchronous scheduling the first decode of a request is recorded as a prefill of one token
  const isFirstDecodes = reading.asynchronous && recordedPrefills > 0 && recordedTokens === recordedPrefills;
  if (isFirstDecodes)
    log.add('repaired', 'step-first-decode', 'one-token prefills read as first decode steps');
  const prefillRequests = isFirstDecodes ? 0 : recordedPrefills;
  const prefillTokens = isFirstDecodes ? 0 : recordedTokens;
  const decodeRequests = steps.decodeRequests[row]! + recordedPrefills - prefillRequests;
  const members = Math.max(1, steps.running[row]!, decodeRequests + prefillRequests);
  const context = (Math.max(0, steps.kvBlocksUsed[row]!) * reading.blockSizeTokens) / members;
  const chunk = prefillRequests === 0 ? 0 : prefillTokens / prefillRequests;
  const prompt = Math.max(context, chunk);
  return {
    prefillTokens,
    prefillRequests,
    decodeRequests,
    decodeContextTokens: decodeRequests * context,
    prefillContextTokens: prefillRequests * prompt,
    prefillAttentionPairs: prefillTokens * (prompt - chunk / 2),
    prefillPromptPairs: prefillTokens * (prompt + chunk / 2),
    newRequests: prefillRequests,
  };
}

/** The decodes and admissions of a step; its chunks are added by `addChunk`. */
function decodesOf(members: StepMembers, step: number): BatchShape {
  const at = step - members.firstId;
  const batch = emptyBatch();
  batch.decodeRequests = members.decodeRequests[at] ?? 0;
  batch.decodeContextTokens = members.decodeContextTokens[at] ?? 0;
  batch.newRequests = members.admissions[at] ?? 0;
  return batch;
}

/** Adds a settled chunk to the row of its step. */
function addChunk(columns: BatchColumns, row: number, chunks: PrefillChunks, chunk: number): void {
  const tokens = chunks.tokens(chunk);
  const context = chunks.contextTokens(chunk);
  columns.prefillTokens[row]! += tokens;
  columns.prefillRequests[row]! += 1;
  columns.prefillContextTokens[row]! += context;
  columns.prefillAttentionPairs[row]! += tokens * (context - tokens / 2);
  columns.prefillPromptPairs[row]! += tokens * (chunks.targetTokens(chunk) + tokens / 2);
}

/**
 * Compares journeys with step events. vLLM counts a first decode as prefill when it schedules asynchronously, and a
 * recomputation as decode (v0.15.1, scheduler.py `_emit_step_batch_summary`).
 */
export function agreementOf(
  steps: RecordedSteps,
  { members, chunks }: RebuiltBatches,
  asynchronous: boolean,
): Agreement {
  const agrees = new Uint8Array(steps.count);
  const perStep = chunks.bySteps();
  let next = perStep.next();
  for (let row = 0; row < steps.count; row += 1) {
    const step = steps.id[row]!;
    while (next.done !== true && next.value.step < step) next = perStep.next();
    const here = next.done === true || next.value.step !== step ? [] : next.value.chunks;
    const recomputes = here.filter(chunks.isRecompute).length;
    const at = step - members.firstId;
    const countedAsPrefill = asynchronous ? (members.firstDecodes[at] ?? 0) : 0;
    const decodes = (members.decodeRequests[at] ?? 0) - countedAsPrefill + recomputes;
    const prefills = here.length - recomputes + countedAsPrefill;
    const prefillTokens = stepTokens(steps, row) - (members.decodeRequests[at] ?? 0);
    const fits = here.length === 0 ? prefillTokens === 0 : prefillTokens >= here.length;
    if (fits && decodes === steps.decodeRequests[row] && prefills === steps.prefillRequests[row])
      agrees[row] = 1;
  }
  return agrees;
}

/**
 * Batch columns: from journeys for steps that were not recorded and where journeys account for a recorded step
 * completely, else estimated from the step event.
 */
export function stepBatches(
  steps: RecordedSteps,
  rows: StepRows,
  rebuilt: RebuiltBatches | undefined,
  agreement: Agreement,
  reading: StepReading,
  log: DiagnosticLog,
): BatchColumns {
  const columns = emptyColumns(rows.id.length);
  const isRebuilt = (row: number): boolean => {
    const recorded = rows.recorded[row] ?? -1;
    return rebuilt !== undefined && (recorded === -1 || agreement[recorded] === 1);
  };
  let estimated = 0;
  for (let row = 0; row < rows.id.length; row += 1) {
    const fromJourneys = rebuilt !== undefined && isRebuilt(row);
    if (!fromJourneys) estimated += 1;
    const batch = fromJourneys
      ? decodesOf(rebuilt.members, rows.id[row]!)
      : estimatedBatch(steps, rows.recorded[row]!, reading, log);
    for (const field of BATCH_FIELDS) columns[field][row] = batch[field];
  }
  log.add(
    'doubt',
    'step-context-estimated',
    'steps whose context lengths are estimated from KV blocks in use',
    estimated,
  );
  if (rebuilt !== undefined) addChunks(columns, rows, rebuilt.chunks, isRebuilt);
  return columns;
}

function addChunks(
  columns: BatchColumns,
  rows: StepRows,
  chunks: PrefillChunks,
  isRebuilt: (row: number) => boolean,
): void {
  let row = 0;
  for (const { step, chunks: here } of chunks.bySteps()) {
    while (row < rows.id.length && rows.id[row]! < step) row += 1;
    if (rows.id[row] !== step || !isRebuilt(row)) continue;
    for (const chunk of here) addChunk(columns, row, chunks, chunk);
  }
}

function emptyColumns(count: number): BatchColumns {
  const column = (): Float64Array => new Float64Array(count);
  return {
    prefillTokens: column(),
    prefillRequests: column(),
    decodeRequests: column(),
    decodeContextTokens: column(),
    prefillContextTokens: column(),
    prefillAttentionPairs: column(),
    prefillPromptPairs: column(),
    newRequests: column(),
  };
}
