import { isUtf8 } from 'node:buffer';
import { TruelineError } from '../errors.js';
import { MAX_LINE_BYTES } from './input-limits.js';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = '\uFEFF';

/** One line of a text file; `number` is 1-based. */
export interface TextLine {
  readonly number: number;
  readonly text: string;
}

/** What to do with bytes that are not UTF-8: refuse them, or (in logs, where anything may be printed) replace them. */
export type Encoding = 'strict' | 'lossy';

/** @throws FILE_BAD_ENCODING when bytes are not UTF-8 and `encoding` is strict */
export function decodeUtf8(
  bytes: Buffer,
  file: string,
  encoding: Encoding = 'strict',
  line?: number,
): string {
  if (encoding === 'strict' && !isUtf8(bytes)) throw badEncoding(bytes, file, line);
  const text = bytes.toString('utf8');
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

const isUtf16 = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);

function badEncoding(bytes: Uint8Array, file: string, line: number | undefined): TruelineError {
  const encoding = isUtf16(bytes) ? 'UTF-16' : 'some other encoding (Latin-1?)';
  return new TruelineError('FILE_BAD_ENCODING', `not UTF-8 but ${encoding}`, {
    file,
    ...(line === undefined ? {} : { line }),
    hint: 'Convert it: `iconv -f UTF-16 -t UTF-8`, or `-f LATIN1`.',
  });
}

/**
 * @throws FILE_BAD_ENCODING when a file starts like UTF-16, with its mark or as ASCII text without one
 */
export function refuseUtf16(start: Uint8Array, file: string): void {
  const halfAscii =
    start.length >= 4 && [0, 1].some((at) => start[at] === 0 && start[at + 2] === 0 && start[1 - at] !== 0);
  if (isUtf16(start)) throw badEncoding(start, file, 1);
  if (halfAscii) throw badEncoding(Uint8Array.of(0xff, 0xfe), file, 1);
}

/** Bytes of the file between line feeds, without a carriage return before one. */
async function* splitBytes(chunks: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      const piece = chunk.subarray(start, end);
      yield kept.length === 0 ? piece : Buffer.concat([...kept, piece]);
      kept = [];
      keptBytes = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    kept.push(chunk.subarray(start));
    keptBytes += chunk.length - start;
    if (keptBytes > MAX_LINE_BYTES)
      throw new TruelineError('FILE_TOO_LARGE', `a line of more than ${MAX_LINE_BYTES >> 20} MiB`, {
        file,
        hint: 'Export it as JSON lines, one record a line.',
      });
  }
  if (kept.length > 0) yield Buffer.concat(kept);
}

const withoutReturn = (line: Buffer): Buffer =>
  line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;

/**
 * The non-blank lines of a stream of bytes, LF or CRLF, byte order mark removed. Lines are found in the bytes and decoded
 * one by one: U+2028 inside a JSON string is no line break.
 * @throws FILE_TOO_LARGE for an endless line, FILE_BAD_ENCODING with the line
 */
export async function* splitLines(
  chunks: AsyncIterable<Buffer>,
  file: string,
  encoding: Encoding,
): AsyncGenerator<TextLine> {
  let number = 0;
  for await (const bytes of splitBytes(chunks, file)) {
    number += 1;
    const text = decodeUtf8(withoutReturn(bytes), file, encoding, number);
    if (text.trim() !== '') yield { number, text };
  }
}
