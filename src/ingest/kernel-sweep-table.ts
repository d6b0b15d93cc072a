import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { TruelineError } from '../errors.js';
import { isRecord } from '../text/object-keys.js';
import { parseCsv } from '../text/parse-csv.js';
import { parseJson } from '../text/parse-document.js';

/** A row of a sweep table as stored: numbers, bigints or, from text, strings. */
export type RawRow = Readonly<Record<string, unknown>>;

const PARQUET_MAGIC = 'PAR1';
const MAGIC_BYTES = PARQUET_MAGIC.length;

const isParquet = (bytes: Buffer): boolean => bytes.toString('latin1', 0, MAGIC_BYTES) === PARQUET_MAGIC;

async function parquetRows(bytes: Buffer, file: string): Promise<RawRow[]> {
  if (
    bytes.length < 2 * MAGIC_BYTES ||
    bytes.toString('latin1', bytes.length - MAGIC_BYTES) !== PARQUET_MAGIC
  ) {
    throw new TruelineError('FILE_TRUNCATED', 'starts like Parquet but its footer is missing', {
      file,
      hint: 'Copy the file again; the end is missing.',
    });
  }
  const buffer = new Uint8Array(bytes).buffer;
  try {
    return await parquetReadObjects({ file: buffer, compressors });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TruelineError('FORMAT_INVALID', `not a readable Parquet file: ${reason}`, { file, cause });
  }
}

function jsonLines(text: string, file: string): RawRow[] {
  const rows: RawRow[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const value = parseJson(line, file, index + 1);
    if (!isRecord(value)) {
      throw new TruelineError('FORMAT_INVALID', 'a line is not a JSON object', { file, line: index + 1 });
    }
    rows.push(value);
  }
  return rows;
}

/** True when a file's first bytes may be a sweep table: Parquet, a JSON object per line, or CSV with our columns. */
export function looksLikeSweepTable(bytes: Buffer): boolean {
  if (isParquet(bytes)) return true;
  const end = bytes.indexOf(0x0a);
  const firstLine = bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
  return firstLine.includes('op_name') && firstLine.includes('latency');
}

/**
 * The rows of a sweep table, whichever of Parquet, JSON lines and CSV its content is.
 * @throws FILE_TRUNCATED, FORMAT_INVALID
 */
export async function readTableRows(bytes: Buffer, file: string): Promise<readonly RawRow[]> {
  if (isParquet(bytes)) return parquetRows(bytes, file);
  const text = bytes.toString('utf8').replace(/^\uFEFF/u, '');
  if (text.trimStart().startsWith('{')) return jsonLines(text, file);
  return parseCsv(text, file, ['op_name', 'latency']).map((row) => row.cells);
}
