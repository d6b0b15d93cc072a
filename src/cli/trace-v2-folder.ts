import { renderChunkTimes, renderTraceV2 } from '../report/index.js';
import type { Trace } from '../trace/trace.js';
import { checkFolderDestination, writeFolderAtomic, type WriteOptions } from './write-atomic.js';

/** Every file a TraceV2 folder may hold. */
const TRACE_V2_FILES = ['header.yaml', 'trace.csv', 'itl.csv'] as const;

/** Refuses a place for a TraceV2 before the work whose result it is to hold. @throws FILE_EXISTS */
export const checkTraceV2Destination = (path: string, options: WriteOptions): void =>
  checkFolderDestination(path, TRACE_V2_FILES, options);

/**
 * Writes a trace as BLIS's TraceV2, as a whole or not at all.
 * @param chunkAtUs when each request's chunks came, by row, where known
 * @throws TRACE_INVALID, FILE_EXISTS, FILE_UNWRITABLE
 */
export function writeTraceV2Folder(
  path: string,
  trace: Trace,
  options: WriteOptions,
  chunkAtUs?: readonly (readonly number[])[],
): void {
  const { header, data } = renderTraceV2(trace, chunkAtUs);
  const times = chunkAtUs && renderChunkTimes(chunkAtUs);
  writeFolderAtomic(path, { 'header.yaml': header, 'trace.csv': data, 'itl.csv': times }, options);
}
