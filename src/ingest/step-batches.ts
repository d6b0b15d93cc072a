import { BATCH_FIELDS, emptyBatch, type BatchShape } from '../trace/batch-shape.js';
import type { BatchColumns } from '../trace/trace.js';
import { DiagnosticLog } from '../trace/diagnostic-log.js';
import { amountArray, sizeOfAmount } from './amount-array.js';
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
  const [recordedPrefills, recordedTokens] = [steps.prefillRequests.at(row), steps.prefillTokens.at(row)];
  // under asynchronous scheduling the first decode of a request is recorded as a prefill of one token
  const isFirstDecodes = reading.asynchronous && recordedPrefills > 0 && recordedTokens === recordedPrefills;
  if (isFirstDecodes)
    log.add('repaired', 'step-first-decode', 'one-token prefills read as first decode steps');
  const prefillRequests = isFirstDecodes ? 0 : recordedPrefills;
  const prefillTokens = isFirstDecodes ? 0 : recordedTokens;
  const decodeRequests = steps.decodeRequests.at(row) + recordedPrefills - prefillRequests;
  const members = Math.max(1, steps.running.at(row), decodeRequests + prefillRequests);
  const context = (Math.max(0, steps.kvBlocksUsed.at(row)) * reading.blockSizeTokens) / members;
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

/** The members of a step as journeys tell it. */
function rebuiltBatch(
  { members, chunks }: RebuiltBatches,
  step: number,
  chunksHere: readonly number[],
): BatchShape {
  const at = step - members.firstId;
  const batch = emptyBatch();
  batch.decodeRequests = members.decodeRequests[at] ?? 0;
  batch.decodeContextTokens = members.decodeContextTokens[at] ?? 0;
  batch.newRequests = members.admissions[at] ?? 0;
  for (const chunk of chunksHere) addChunk(batch, chunks, chunk);
  return batch;
}

/** Adds a settled chunk to the batch of its step. */
function addChunk(batch: BatchShape, chunks: PrefillChunks, chunk: number): void {
  const tokens = chunks.tokens(chunk);
  const context = chunks.contextTokens(chunk);
  batch.prefillTokens += tokens;
  batch.prefillRequests += 1;
  batch.prefillContextTokens += context;
  batch.prefillAttentionPairs += tokens * (context - tokens / 2);
  batch.prefillPromptPairs += tokens * (chunks.targetTokens(chunk) + tokens / 2);
}

/** The chunks of a step; steps must be asked for in ascending order. */
function chunksByStep(chunks: PrefillChunks): (step: number) => readonly number[] {
  const perStep = chunks.bySteps();
  let next = perStep.next();
  return (step) => {
    while (next.done !== true && next.value.step < step) next = perStep.next();
    return next.done === true || next.value.step !== step ? [] : next.value.chunks;
  };
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
  const chunksOf = chunksByStep(chunks);
  for (let row = 0; row < steps.count; row += 1) {
    const step = steps.id.at(row);
    const here = chunksOf(step);
    const recomputes = here.filter(chunks.isRecompute).length;
    const at = step - members.firstId;
    const countedAsPrefill = asynchronous ? (members.firstDecodes[at] ?? 0) : 0;
    const decodes = (members.decodeRequests[at] ?? 0) - countedAsPrefill + recomputes;
    const prefills = here.length - recomputes + countedAsPrefill;
    const prefillTokens = stepTokens(steps, row) - (members.decodeRequests[at] ?? 0);
    const fits = here.length === 0 ? prefillTokens === 0 : prefillTokens >= here.length;
    if (fits && decodes === steps.decodeRequests.at(row) && prefills === steps.prefillRequests.at(row))
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
  const sources = { steps, rows, rebuilt, agreement, reading };
  const largest = emptyBatch();
  // twice: how wide a column must be is known after the first time, and a table in between would take a third more memory
  eachBatch(sources, new DiagnosticLog(), (_, batch) => {
    for (const field of BATCH_FIELDS) largest[field] = Math.max(largest[field], sizeOfAmount(batch[field]));
  });
  const columns = columnsFor(largest, rows.id.length);
  eachBatch(sources, log, (row, batch) => {
    for (const field of BATCH_FIELDS) columns[field][row] = batch[field];
  });
  return columns;
}

/** What the batch of a row is made from. */
interface BatchSources {
  readonly steps: RecordedSteps;
  readonly rows: StepRows;
  readonly rebuilt: RebuiltBatches | undefined;
  readonly agreement: Agreement;
  readonly reading: StepReading;
}

/** Visits the batch of every row in order. */
function eachBatch(
  { steps, rows, rebuilt, agreement, reading }: BatchSources,
  log: DiagnosticLog,
  visit: (row: number, batch: BatchShape) => void,
): void {
  const chunksOf = rebuilt === undefined ? undefined : chunksByStep(rebuilt.chunks);
  let estimated = 0;
  for (const [row, step] of rows.id.entries()) {
    const recorded = rows.recorded[row]!;
    const fromJourneys = recorded === -1 || agreement[recorded] === 1;
    if (!fromJourneys) estimated += 1;
    const batch =
      fromJourneys && rebuilt !== undefined && chunksOf !== undefined
        ? rebuiltBatch(rebuilt, step, chunksOf(step))
        : estimatedBatch(steps, recorded, reading, log);
    visit(row, batch);
  }
  log.add(
    'doubt',
    'step-context-estimated',
    'steps whose context lengths are estimated from KV blocks in use',
    estimated,
  );
}

const columnsFor = (largest: Readonly<BatchShape>, rows: number): BatchColumns => ({
  prefillTokens: amountArray(largest.prefillTokens, rows),
  prefillRequests: amountArray(largest.prefillRequests, rows),
  decodeRequests: amountArray(largest.decodeRequests, rows),
  decodeContextTokens: amountArray(largest.decodeContextTokens, rows),
  prefillContextTokens: amountArray(largest.prefillContextTokens, rows),
  prefillAttentionPairs: amountArray(largest.prefillAttentionPairs, rows),
  prefillPromptPairs: amountArray(largest.prefillPromptPairs, rows),
  newRequests: amountArray(largest.newRequests, rows),
});
