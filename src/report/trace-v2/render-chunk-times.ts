import Papa from 'papaparse';

/**
 * When the chunks of each request came, as BLIS writes it beside a TraceV2 (`blis observe --itl-output`).
 * @param chunkAtUs instants by row of the trace, on its clock; only chunks with tokens
 */
export function renderChunkTimes(chunkAtUs: readonly (readonly number[])[]): string {
  const rows = chunkAtUs.flatMap((instants, row) =>
    instants.map((atUs, index) => [row, index, Math.round(atUs)]),
  );
  return `${Papa.unparse([['request_id', 'chunk_index', 'timestamp_us'], ...rows], { newline: '\n' })}\n`;
}
