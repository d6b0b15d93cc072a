import type { JourneySegments, Segment } from './journey-segments.js';

/** Who decoded and who was admitted in each step, as journeys tell it. Arrays are indexed by step id − `firstId`. */
export interface StepMembers {
  readonly firstId: number;
  /** Requests decoding one token. */
  readonly decodeRequests: Int32Array;
  /** Σ context of those. */
  readonly decodeContextTokens: Float64Array;
  /** Requests decoding for the first time since their first token. */
  readonly firstDecodes: Uint16Array;
  /** Admissions, resumptions included. */
  readonly admissions: Uint16Array;
}

/** Adds `value` to every element from `first` to `last` of the array whose running sum is `differences`. */
function addRange(differences: Float64Array | Int32Array, first: number, last: number, value: number): void {
  const from = Math.max(0, first);
  if (last < from || from >= differences.length) return;
  differences[from] = (differences[from] ?? 0) + value;
  if (last + 1 < differences.length) differences[last + 1] = (differences[last + 1] ?? 0) - value;
}

/** In place. */
function sumUp(differences: Float64Array | Int32Array): void {
  let sum = 0;
  for (let i = 0; i < differences.length; i += 1) {
    sum += differences[i] ?? 0;
    differences[i] = sum;
  }
}

/** Counts up to what a cell can hold, which is more requests than any engine has seats. */
function bump(counts: Uint16Array, at: number): void {
  if (at >= 0 && at < counts.length) counts[at] = Math.min(counts[at]! + 1, 2 ** 16 - 1);
}

/**
 * Members of the steps `firstId` … `lastId`. Costs O(steps + journeys): a decode run adds a constant and a slope (context
 * grows by one a step) to running sums, whatever its length.
 */
export function stepMembers(
  journeys: Iterable<JourneySegments>,
  firstId: number,
  lastId: number,
): StepMembers {
  const length = Math.max(0, lastId - firstId + 1);
  const members: StepMembers = {
    firstId,
    decodeRequests: new Int32Array(length),
    decodeContextTokens: new Float64Array(length),
    firstDecodes: new Uint16Array(length),
    admissions: new Uint16Array(length),
  };
  for (const { segments } of journeys) for (const segment of segments) addSegment(members, segment);
  const { decodeRequests, decodeContextTokens } = members;
  sumUp(decodeRequests);
  sumUp(decodeContextTokens);
  for (let i = 0; i < length; i += 1)
    decodeContextTokens[i] = (decodeContextTokens[i] ?? 0) + i * (decodeRequests[i] ?? 0);
  return members;
}

function addSegment(members: StepMembers, { prefill, decodes }: Segment): void {
  const { firstId } = members;
  if (prefill !== undefined) bump(members.admissions, prefill.firstStep - firstId);
  if (decodes === undefined) return;
  const { firstStep, lastStep, contextTokens } = decodes;
  const first = firstStep - firstId;
  addRange(members.decodeRequests, first, lastStep - firstId, 1);
  // context(s) = contextTokens + (s − firstStep): the part that does not depend on s; the slope is one per request
  addRange(members.decodeContextTokens, first, lastStep - firstId, contextTokens - first);
  if (prefill?.isRecompute !== true) bump(members.firstDecodes, first);
}
