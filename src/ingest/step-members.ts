import type { JourneySegments, PrefillChunk } from './journey-segments.js';

/** Who was in each step, as journeys tell it. Arrays are indexed by step id − `firstId`. */
export interface StepMembers {
  readonly firstId: number;
  /** Requests decoding one token. */
  readonly decodeRequests: Float64Array;
  /** Σ context of those. */
  readonly decodeContextTokens: Float64Array;
  /** Requests decoding for the first time since their first token. */
  readonly firstDecodes: Int32Array;
  /** Admissions, resumptions included. */
  readonly admissions: Int32Array;
  readonly chunks: ReadonlyMap<number, readonly PrefillChunk[]>;
}

/** Adds `value` to every element from `first` to `last` of the array whose running sum is `differences`. */
function addRange(differences: Float64Array, first: number, last: number, value: number): void {
  const from = Math.max(0, first);
  if (last < from || from >= differences.length) return;
  differences[from] = (differences[from] ?? 0) + value;
  if (last + 1 < differences.length) differences[last + 1] = (differences[last + 1] ?? 0) - value;
}

function runningSums(differences: Float64Array): Float64Array {
  let sum = 0;
  return differences.map((difference) => (sum += difference));
}

function bump(counts: Int32Array, at: number): void {
  if (at >= 0 && at < counts.length) counts[at] = (counts[at] ?? 0) + 1;
}

/**
 * Members of the steps `firstId` … `lastId`. Costs O(steps + journeys + chunks): a decode run adds a constant and a slope
 * (context grows by one a step) to running sums, whatever its length.
 */
export function stepMembers(
  journeys: readonly JourneySegments[],
  firstId: number,
  lastId: number,
): StepMembers {
  const length = lastId - firstId + 1;
  const requests = new Float64Array(length);
  const contextAtZero = new Float64Array(length);
  const firstDecodes = new Int32Array(length);
  const admissions = new Int32Array(length);
  const chunks = new Map<number, PrefillChunk[]>();
  for (const { segments } of journeys) {
    for (const segment of segments) {
      for (const chunk of segment.chunks) {
        chunks.set(chunk.step, [...(chunks.get(chunk.step) ?? []), chunk]);
        if (chunk.isFirst) bump(admissions, chunk.step - firstId);
      }
      if (segment.decodes === undefined) continue;
      const { firstStep, lastStep, contextTokens } = segment.decodes;
      addRange(requests, firstStep - firstId, lastStep - firstId, 1);
      // context(s) = contextTokens + (s − firstStep): the part that does not depend on s; the slope is one per request
      addRange(contextAtZero, firstStep - firstId, lastStep - firstId, contextTokens - (firstStep - firstId));
      if (segment.chunks[0]?.isRecompute !== true) bump(firstDecodes, firstStep - firstId);
    }
  }
  const decodeRequests = runningSums(requests);
  const decodeContextTokens = runningSums(contextAtZero).map((sum, i) => sum + i * (decodeRequests[i] ?? 0));
  return { firstId, decodeRequests, decodeContextTokens, firstDecodes, admissions, chunks };
}
