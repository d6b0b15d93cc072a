import type { PrefillChunk, Segment } from './journey-segments.js';

/** What `step.REQUEST_SNAPSHOT` events say: tokens scheduled by step and request, and prefix-cache hits by request. */
export interface Snapshots {
  /** Key: `chunkKey(step, request id)`. */
  readonly scheduledTokens: ReadonlyMap<string, number>;
  /** Prompt tokens found in the prefix cache at first admission, by request id. */
  readonly cachedTokens: ReadonlyMap<string, number>;
}

export const chunkKey = (step: number, requestId: string): string => `${step}/${requestId}`;

/** Tokens of a chunk that follow from what is known about earlier ones of the same prefill. */
function tokensByProgress(chunk: PrefillChunk, segment: Segment, snapshots: Snapshots): number | undefined {
  if (!chunk.isLast || chunk.isRecompute) return undefined;
  let computed = snapshots.cachedTokens.get(chunk.journey.id);
  for (const earlier of segment.chunks) {
    if (earlier === chunk) break;
    computed = computed === undefined || earlier.tokens === undefined ? undefined : computed + earlier.tokens;
  }
  return computed === undefined ? undefined : chunk.targetTokens - computed;
}

/**
 * Fills in the tokens of one step's chunks: from snapshots, from the progress of a prefill, and the last unknown one from
 * the step's total. What remains is shared out evenly.
 * @param prefillTokens total of the step
 * @returns true when every chunk is known exactly
 */
export function settleChunkTokens(
  chunks: readonly PrefillChunk[],
  prefillTokens: number,
  segmentOf: ReadonlyMap<PrefillChunk, Segment>,
  snapshots: Snapshots,
): boolean {
  for (const chunk of chunks) {
    const segment = segmentOf.get(chunk);
    chunk.tokens =
      snapshots.scheduledTokens.get(chunkKey(chunk.step, chunk.journey.id)) ??
      (segment === undefined ? undefined : tokensByProgress(chunk, segment, snapshots));
  }
  const unknown = chunks.filter(({ tokens }) => tokens === undefined);
  const rest = prefillTokens - chunks.reduce((sum, { tokens }) => sum + (tokens ?? 0), 0);
  for (const chunk of unknown) chunk.tokens = rest / unknown.length;
  return unknown.length <= 1 && (unknown.length === 1 || rest === 0);
}

/** Fills in contexts backwards from the end of each prefill, where the context is the whole target. */
export function settleChunkContexts(segment: Segment): void {
  let after: number | undefined = segment.chunks.at(-1)?.targetTokens;
  for (const chunk of segment.chunks.toReversed()) {
    chunk.contextTokens = after;
    after = after === undefined || chunk.tokens === undefined ? undefined : after - chunk.tokens;
  }
}

/** Prompt tokens a prefill found in the cache; undefined when its chunks are not all known. */
export function cachedTokensOf(segment: Segment): number | undefined {
  const [first] = segment.chunks;
  if (first?.contextTokens === undefined || first.tokens === undefined) return undefined;
  return first.contextTokens - first.tokens;
}
