import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { pipeline as pipelineDone } from 'node:stream/promises';
import { TruelineError } from '../errors.js';
import { decompressBytes, decompressStream, MAGIC_BYTES } from './decompress.js';
import { checkDocumentBytes, checkInflation } from './input-limits.js';
import { announceRead } from './read-meter.js';
import { decodeUtf8, refuseUtf16, splitLines, type Encoding, type TextLine } from './split-lines.js';

const READ_CHUNK_BYTES = 1 << 17;

const errorCode = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'unknown';

/** Turns what Node or zlib threw while reading `file` into the matching error of ours. */
export function fileError(cause: unknown, file: string): TruelineError {
  if (cause instanceof TruelineError) return cause;
  const code = errorCode(cause);
  if (code === 'ENOENT')
    return new TruelineError('FILE_NOT_FOUND', 'no such file or folder', { file, cause });
  if (code === 'ERR_BUFFER_TOO_LARGE')
    return new TruelineError('FILE_TOO_LARGE', 'decompresses to more than can be read whole', {
      file,
      cause,
      hint: 'Export it as JSON lines, or in parts.',
    });
  if (code === 'Z_BUF_ERROR')
    return new TruelineError('FILE_TRUNCATED', 'gzip data ends early', {
      file,
      cause,
      hint: 'Copy the file again; the end is missing.',
    });
  if (code.startsWith('Z_'))
    return new TruelineError('FILE_BAD_GZIP', 'starts like gzip but cannot be decompressed', {
      file,
      cause,
      hint: 'Check the file with `gzip -t`.',
    });
  const reason = code === 'unknown' && cause instanceof Error ? cause.message : code;
  return new TruelineError('FILE_UNREADABLE', `cannot be read (${reason})`, { file, cause });
}

/** Whole content of a file, decompressed when it starts like gzip or zstd, whatever its name. */
export async function readBytes(file: string): Promise<Buffer> {
  checkDocumentBytes(await fileBytes(file), file);
  try {
    const stored = await readFile(file);
    announceRead(file, stored.length);
    return await decompressBytes(stored, file);
  } catch (cause) {
    throw fileError(cause, file);
  }
}

/**
 * Whole content as UTF-8 text without byte order mark, decompressed when needed.
 * @throws FILE_BAD_ENCODING, FILE_TOO_LARGE, and as reading any file
 */
export async function readText(file: string): Promise<string> {
  const bytes = await readBytes(file);
  refuseUtf16(bytes, file);
  return decodeUtf8(bytes, file);
}

async function readHead(file: string, bytes: number): Promise<Buffer> {
  try {
    const handle = await open(file, 'r');
    try {
      const head = Buffer.alloc(bytes);
      const { bytesRead } = await handle.read(head, 0, bytes, 0);
      return head.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw fileError(cause, file);
  }
}

/** Streams a file's content, decompressed; `storedBytes` grows as the file is read. */
async function openStream(file: string): Promise<{
  readonly chunks: AsyncIterable<Buffer>;
  readonly storedBytes: () => number;
  readonly close: () => void;
}> {
  const head = await readHead(file, MAGIC_BYTES);
  const raw = createReadStream(file, { highWaterMark: READ_CHUNK_BYTES });
  const content = decompressStream(raw, head, file);
  return { chunks: content, storedBytes: () => raw.bytesRead, close: () => content.destroy() };
}

/** Content of a file as it streams by. @throws as `readLines` */
async function* readChunks(file: string): AsyncGenerator<Buffer> {
  const { chunks, storedBytes, close } = await openStream(file);
  let contentBytes = 0;
  try {
    for await (const chunk of chunks) {
      if (contentBytes === 0) refuseUtf16(chunk, file);
      contentBytes += chunk.length;
      checkInflation(contentBytes, storedBytes(), file);
      announceRead(file, storedBytes());
      yield chunk;
    }
  } catch (cause) {
    throw fileError(cause, file);
  } finally {
    close();
  }
}

/** How to read lines. */
interface LineOptions {
  /** `strict` when absent. */
  readonly encoding?: Encoding;
}

/**
 * Streams the non-blank lines of a text file (decompressed when needed, LF or CRLF, byte order mark removed): memory use
 * does not grow with the file.
 * @throws FILE_NOT_FOUND, FILE_BAD_ENCODING, FILE_BAD_GZIP, FILE_TOO_LARGE, FILE_TRUNCATED, FILE_UNREADABLE
 */
export const readLines = (
  file: string,
  { encoding = 'strict' }: LineOptions = {},
): AsyncGenerator<TextLine> => splitLines(readChunks(file), file, encoding);

/** The first characters of a text file (decompressed when needed, byte order mark removed) without reading the rest. */
export async function readStart(file: string, characters: number): Promise<string> {
  let start = '';
  const decoder = new TextDecoder('utf-8');
  for await (const chunk of readChunks(file)) {
    start += decoder.decode(chunk, { stream: true });
    if (start.length >= characters) break;
  }
  return start.slice(0, characters);
}

/** SHA-256 of a file as stored, in hexadecimal. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipelineDone(createReadStream(file, { highWaterMark: READ_CHUNK_BYTES }), hash);
  } catch (cause) {
    throw fileError(cause, file);
  }
  return hash.digest('hex');
}

/** Size of a file as stored. @throws FILE_NOT_FOUND */
export async function fileBytes(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (cause) {
    throw fileError(cause, file);
  }
}

/** What is at a path. @throws FILE_NOT_FOUND */
export async function pathKind(path: string): Promise<'file' | 'folder'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (cause) {
    throw fileError(cause, path);
  }
}

/** True when the path exists. */
export async function pathExists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
