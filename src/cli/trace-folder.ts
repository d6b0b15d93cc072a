import { traceParts } from '../trace/trace-file.js';
import type { Trace } from '../trace/trace.js';
import { checkFolderDestination, writeFolderAtomic, type WriteOptions } from './write-atomic.js';

/** Every file a normalised trace folder may hold. */
const TRACE_FILES = ['trace.json', 'requests.csv', 'steps.csv'] as const;

/** Refuses a place for a trace folder before the work whose result it is to hold. @throws FILE_EXISTS */
export const checkTraceDestination = (path: string, options: WriteOptions): void =>
  checkFolderDestination(path, TRACE_FILES, options);

/** Writes a trace in normalised form, as a whole or not at all. @throws FILE_EXISTS, FILE_UNWRITABLE */
export function writeTraceFolder(path: string, trace: Trace, options: WriteOptions): void {
  writeFolderAtomic(path, traceParts(trace), options);
}
