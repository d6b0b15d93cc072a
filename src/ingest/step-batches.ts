import { emptyBatch, type BatchShape } from '../trace/batch-shape.js';
import type { BatchColumns } from '../trace/trace.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { JourneySegments, PrefillChunk, Segment } from './journey-segments.js';
import { stepTokens, type RecordedStep } from './otlp-steps.js';
import { settleChunkContexts, settleChunkTokens, type Snapshots } from './prefill-chunks.js';
import { stepMembers, type StepMembers } from './step-members.js';

/** How the engine ran, as far as it changes what its step events mean. */
export interface StepReading {
  readonly asynchronous: boolean;
  readonly blockSizeTokens: number;
}

/**
 * A batch from the step event alone: token and request counts as recorded, contexts from the KV blocks in use (a mean
 * over the running requests; blocks that requests share are counted once, so contexts come out low).
 */
function estimatedBatch(step: RecordedStep, reading: StepReading, log: DiagnosticLog): BatchShape {
  // under asynchronous scheduling the first decode of a request is recorded as a prefill of one token
  const isFirstDecodes =
    reading.asynchronous && step.prefillRequests > 0 && step.prefillTokens === step.prefillRequests;
  if (isFirstDecodes)
    log.add('repaired', 'step-first-decode', 'one-token prefills read as first decode steps');
  const prefillRequests = isFirstDecodes ? 0 : step.prefillRequests;
  const prefillTokens = isFirstDecodes ? 0 : step.prefillTokens;
  const decodeRequests = step.decodeRequests + step.prefillRequests - prefillRequests;
  const members = Math.max(1, step.running, decodeRequests + prefillRequests);
  const context = (Math.max(0, step.kvBlocksUsed) * reading.blockSizeTokens) / members;
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

/** Adds a prefill chunk whose tokens and context are settled. */
function addChunk(batch: BatchShape, chunk: PrefillChunk): void {
  const tokens = chunk.tokens ?? 0;
  const context = chunk.contextTokens ?? chunk.targetTokens;
  batch.prefillTokens += tokens;
  batch.prefillRequests += 1;
  batch.prefillContextTokens += context;
  batch.prefillAttentionPairs += tokens * (context - tokens / 2);
  batch.prefillPromptPairs += tokens * (chunk.targetTokens + tokens / 2);
}

function journeyBatch(row: number, chunks: readonly PrefillChunk[], members: StepMembers): BatchShape {
  const batch = emptyBatch();
  batch.decodeRequests = members.decodeRequests[row] ?? 0;
  batch.decodeContextTokens = members.decodeContextTokens[row] ?? 0;
  batch.newRequests = members.admissions[row] ?? 0;
  for (const chunk of chunks) addChunk(batch, chunk);
  return batch;
}

/** True when the journeys account for exactly the requests that the step event counted. */
function isComplete(step: RecordedStep, row: number, members: StepMembers, asynchronous: boolean): boolean {
  const chunks = members.chunks.get(step.id) ?? [];
  const recomputes = chunks.filter(({ isRecompute }) => isRecompute).length;
  const countedAsPrefill = asynchronous ? (members.firstDecodes[row] ?? 0) : 0;
  return (
    step.decodeRequests === (members.decodeRequests[row] ?? 0) - countedAsPrefill + recomputes &&
    step.prefillRequests === chunks.length - recomputes + countedAsPrefill
  );
}

function settlePrefills(
  steps: readonly RecordedStep[],
  journeys: readonly JourneySegments[],
  members: StepMembers,
  snapshots: Snapshots,
  log: DiagnosticLog,
): void {
  const segments = journeys.flatMap((journey) => journey.segments);
  const segmentOf = new Map<PrefillChunk, Segment>(
    segments.flatMap((segment) => segment.chunks.map((chunk) => [chunk, segment] as const)),
  );
  for (const step of steps) {
    const chunks = members.chunks.get(step.id) ?? [];
    const prefillTokens = stepTokens(step) - (members.decodeRequests[step.id - members.firstId] ?? 0);
    if (chunks.length > 0 && !settleChunkTokens(chunks, prefillTokens, segmentOf, snapshots)) {
      log.add(
        'doubt',
        'step-prefill-shared-out',
        'steps whose prefill tokens were shared evenly between requests',
      );
    }
  }
  segments.forEach(settleChunkContexts);
}

/** Batch columns of recorded steps: from journeys where they account for a step completely, else estimated. */
export function stepBatches(
  steps: readonly RecordedStep[],
  journeys: readonly JourneySegments[],
  snapshots: Snapshots,
  reading: StepReading,
  log: DiagnosticLog,
): BatchColumns {
  const first = steps[0]?.id ?? 0;
  const last = journeys.length === 0 ? first - 1 : (steps.at(-1)?.id ?? -1); // no journeys, no member to count
  const members = stepMembers(journeys, first, last);
  settlePrefills(steps, journeys, members, snapshots, log);
  const batches = steps.map((step) => {
    const row = step.id - first;
    if (isComplete(step, row, members, reading.asynchronous))
      return journeyBatch(row, members.chunks.get(step.id) ?? [], members);
    log.add(
      'doubt',
      'step-context-estimated',
      'steps whose context lengths are estimated from KV blocks in use',
    );
    return estimatedBatch(step, reading, log);
  });
  const column = (field: keyof BatchShape): Float64Array =>
    Float64Array.from(batches, (batch) => batch[field]);
  return {
    prefillTokens: column('prefillTokens'),
    prefillRequests: column('prefillRequests'),
    decodeRequests: column('decodeRequests'),
    decodeContextTokens: column('decodeContextTokens'),
    prefillContextTokens: column('prefillContextTokens'),
    prefillAttentionPairs: column('prefillAttentionPairs'),
    prefillPromptPairs: column('prefillPromptPairs'),
    newRequests: column('newRequests'),
  };
}
