import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { pipeline as pipelineDone } from 'node:stream/promises';
import { TruelineError } from '../errors.js';
import { decompressBytes, decompressStream, MAGIC_BYTES } from './decompress.js';

const BYTE_ORDER_MARK = '\uFEFF';
const READ_CHUNK_BYTES = 1 << 17;

const errorCode = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'unknown';

/** Turns what Node or zlib threw while reading `file` into the matching error of ours. */
export function fileError(cause: unknown, file: string): TruelineError {
  if (cause instanceof TruelineError) return cause;
  const code = errorCode(cause);
  if (code === 'ENOENT')
    return new TruelineError('FILE_NOT_FOUND', 'no such file or folder', { file, cause });
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
  try {
    return await decompressBytes(await readFile(file), file);
  } catch (cause) {
    throw fileError(cause, file);
  }
}

/** Whole content as UTF-8 text without byte order mark, decompressed when needed. */
export async function readText(file: string): Promise<string> {
  const text = (await readBytes(file)).toString('utf8');
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
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

async function openStream(file: string): Promise<Readable> {
  const head = await readHead(file, MAGIC_BYTES);
  return decompressStream(createReadStream(file, { highWaterMark: READ_CHUNK_BYTES }), head, file);
}

/** One line of a text file; `number` is 1-based. */
export interface TextLine {
  readonly number: number;
  readonly text: string;
}

/**
 * Streams the non-blank lines of a text file (decompressed when needed, LF or CRLF, byte order mark removed): memory use
 * does not grow with the file.
 * @throws FILE_NOT_FOUND, FILE_BAD_GZIP, FILE_TRUNCATED, FILE_UNREADABLE
 */
export async function* readLines(file: string): AsyncGenerator<TextLine> {
  const input = await openStream(file);
  let failure: unknown;
  input.once('error', (cause) => {
    failure = cause;
  });
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      number += 1;
      const text = number === 1 && line.startsWith(BYTE_ORDER_MARK) ? line.slice(1) : line;
      if (text.trim() !== '') yield { number, text };
    }
  } catch (cause) {
    throw fileError(cause, file);
  } finally {
    input.destroy();
  }
  if (failure !== undefined) throw fileError(failure, file);
}

/** The first characters of a text file (decompressed when needed, byte order mark removed) without reading the rest. */
export async function readStart(file: string, characters: number): Promise<string> {
  let start = '';
  const decoder = new TextDecoder('utf-8');
  const input = await openStream(file);
  try {
    for await (const chunk of input) {
      start += chunk instanceof Uint8Array ? decoder.decode(chunk, { stream: true }) : '';
      if (start.length >= characters) break;
    }
  } catch (cause) {
    throw fileError(cause, file);
  } finally {
    input.destroy();
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
