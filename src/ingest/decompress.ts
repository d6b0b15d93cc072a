import { PassThrough, pipeline, Readable } from 'node:stream';
import { createGunzip, gunzipSync } from 'node:zlib';
import { Decompress } from 'fzstd';
import { TruelineError } from '../errors.js';
import { checkDocumentBytes, checkInflation, MAX_DOCUMENT_BYTES } from './input-limits.js';

const GZIP_MAGIC = [0x1f, 0x8b] as const;
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd] as const;

/** Four bytes of zstd can stand for 128 KiB: fed by so few bytes, a bomb is noticed before it fills the memory. */
const ZSTD_FEED_BYTES = 1 << 10;

/** How many of a file's first bytes say how it is compressed. */
export const MAGIC_BYTES = ZSTD_MAGIC.length;

const startsWith = (head: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, i) => head[i] === byte);

/** fzstd throws for bad input and for input that ends early alike, and says nothing when the last frame is cut. */
function zstdError(cause: unknown, file: string): TruelineError {
  if (cause instanceof TruelineError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const stops = /unexpected EOF/iu.test(message);
  return new TruelineError(
    stops ? 'FILE_TRUNCATED' : 'FILE_BAD_ZSTD',
    stops ? 'zstd data ends early' : `starts like zstd but cannot be decompressed (${message})`,
    {
      file,
      cause,
      hint: stops ? 'Copy the file again; the end is missing.' : 'Check the file with `zstd -t`.',
    },
  );
}

async function* unzstd(source: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Buffer> {
  let ready: Buffer[] = [];
  let [storedBytes, inflatedBytes] = [0, 0];
  const decoder = new Decompress((chunk) => {
    inflatedBytes += chunk.length;
    checkInflation(inflatedBytes, storedBytes, file);
    ready.push(Buffer.from(chunk));
  });
  const feed = (chunk: Uint8Array, isLast: boolean): void => {
    try {
      decoder.push(chunk, isLast);
    } catch (cause) {
      throw zstdError(cause, file);
    }
  };
  for await (const chunk of source) {
    for (let start = 0; start < chunk.length; start += ZSTD_FEED_BYTES) {
      const piece = chunk.subarray(start, start + ZSTD_FEED_BYTES);
      storedBytes += piece.length;
      feed(piece, false);
      yield* ready;
      ready = [];
    }
  }
  feed(new Uint8Array(0), true);
  yield* ready;
}

/** The content of a stream whose first bytes are `head`, decompressed if those say so. Checksums of zstd are not checked. */
export function decompressStream(raw: Readable, head: Uint8Array, file: string): Readable {
  // pipeline, not pipe: a failure of either stream must reach the reader
  if (startsWith(head, GZIP_MAGIC)) return pipeline(raw, createGunzip(), () => undefined);
  if (startsWith(head, ZSTD_MAGIC))
    return pipeline(
      Readable.from(unzstd(raw, file), { objectMode: false }),
      new PassThrough(),
      () => undefined,
    );
  return raw;
}

/** The same for bytes that are all there. @throws FILE_TOO_LARGE */
export async function decompressBytes(bytes: Buffer, file: string): Promise<Buffer> {
  if (startsWith(bytes, GZIP_MAGIC)) {
    const inflated = gunzipSync(bytes, { maxOutputLength: MAX_DOCUMENT_BYTES });
    checkInflation(inflated.length, bytes.length, file);
    return inflated;
  }
  if (!startsWith(bytes, ZSTD_MAGIC)) return bytes;
  const chunks: Buffer[] = [];
  let inflatedBytes = 0;
  for await (const chunk of unzstd(Readable.from([bytes]), file)) {
    chunks.push(chunk);
    inflatedBytes += chunk.length;
    checkDocumentBytes(inflatedBytes, file);
  }
  return Buffer.concat(chunks);
}
