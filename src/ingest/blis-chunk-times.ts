import { numberCell, parseCsv } from '../text/parse-csv.js';
import type { FileProbe } from './probe-file.js';
import { readText } from './read-file.js';

/** Instants of a request's streamed chunks, in order, in the clock of the trace beside it (µs). */
export type ChunkTimes = ReadonlyMap<string, readonly number[]>;

/** True for BLIS's chunk times (`--itl-output`). */
export const isChunkTimes = ({ kind, start }: FileProbe): boolean =>
  kind === 'text' && /^request_id,chunk_index,timestamp_us\s/u.test(start);

/** @throws FORMAT_INVALID */
export async function readChunkTimes(file: string): Promise<ChunkTimes> {
  const times = new Map<string, { readonly index: number; readonly atUs: number }[]>();
  for (const row of parseCsv(await readText(file), file, ['request_id', 'chunk_index', 'timestamp_us'])) {
    const id = row.cells['request_id'] ?? '';
    const [index, atUs] = [numberCell(row, 'chunk_index', file), numberCell(row, 'timestamp_us', file)];
    if (index === undefined || atUs === undefined) continue;
    const chunks = times.get(id);
    if (chunks === undefined) times.set(id, [{ index, atUs }]);
    else chunks.push({ index, atUs });
  }
  return new Map(
    [...times].map(([id, chunks]) => [
      id,
      chunks.toSorted((a, b) => a.index - b.index).map(({ atUs }) => atUs),
    ]),
  );
}

/**
 * First and last token of a request. Observed streams end in a usage chunk, and chats begin with a role chunk
 * (inference-sim/inference-sim@f90a1e3, cmd/observe.go): N tokens come as N + 1 or N + 2 chunks. With any other count a chunk
 * is not a token, and only the first chunk is known to be one.
 * @returns undefined when the chunks do not say
 */
export function tokenSpan(
  chunks: readonly number[],
  outputTokens: number,
): { readonly firstUs: number; readonly lastUs: number } | undefined {
  const extra = chunks.length - outputTokens;
  if (outputTokens < 1 || extra < 0 || extra > 2) return undefined;
  const begin = extra === 2 ? 1 : 0;
  const [firstUs, lastUs] = [chunks[begin], chunks[begin + outputTokens - 1]];
  return firstUs === undefined || lastUs === undefined ? undefined : { firstUs, lastUs };
}
