import { TruelineError } from '../errors.js';

const MIB = 1 << 20;

/** Largest document that is read whole: what V8 can hold as one string, with some room. */
export const MAX_DOCUMENT_BYTES = 500 * MIB;

/** Longest line of a file that is read by lines. */
export const MAX_LINE_BYTES = 256 * MIB;

/** Decompressed data is not doubted before this much of it. */
const UNDOUBTED_BYTES = 256 * MIB;

/** Traces and logs shrink to a tenth or a fortieth; a file that grows more than this holds nothing but repetition. */
const MAX_INFLATION_RATIO = 250;

/**
 * Stops a decompression bomb, of whichever compression.
 * @param inflatedBytes decompressed so far
 * @param storedBytes read for them
 * @throws FILE_TOO_LARGE
 */
export function checkInflation(inflatedBytes: number, storedBytes: number, file: string): void {
  if (inflatedBytes <= UNDOUBTED_BYTES || inflatedBytes <= MAX_INFLATION_RATIO * storedBytes) return;
  throw new TruelineError(
    'FILE_TOO_LARGE',
    `grows more than ${MAX_INFLATION_RATIO}-fold when decompressed: this is no recording`,
    { file, hint: 'If you trust the file, decompress it and give the result.' },
  );
}

/** @throws FILE_TOO_LARGE when a file that must be read whole is larger than can be held */
export function checkDocumentBytes(bytes: number, file: string): void {
  if (bytes <= MAX_DOCUMENT_BYTES) return;
  throw new TruelineError(
    'FILE_TOO_LARGE',
    `holds ${Math.round(bytes / MIB)} MiB in one document; ${MAX_DOCUMENT_BYTES / MIB} MiB can be read`,
    { file, hint: 'Export it as JSON lines, or in parts.' },
  );
}
