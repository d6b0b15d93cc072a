import v8 from 'node:v8';

/** Inputs from which memory counts more than a few seconds. */
const LARGE_BYTES = 256e6;

/**
 * Tells V8, once a large file has been read, to collect garbage before the heap has grown to several times what is in use: by then
 * typed arrays hold the trace, and what is still allocated is short-lived. Reading itself is faster without.
 */
export function spareMemory(readBytes: number, totalBytes: number): void {
  if (totalBytes >= LARGE_BYTES && readBytes >= totalBytes) v8.setFlagsFromString('--optimize-for-size');
}
