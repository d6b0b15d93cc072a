import { readFile } from 'node:fs/promises';
import type * as z from 'zod';
import { TruelineError, type ErrorCode } from '../errors.js';
import { checkShape } from '../text/check-shape.js';
import { parseJsonDocument } from '../text/parse-document.js';

/**
 * A JSON file that Trueline wrote, as the schema describes it.
 * @param hint how such a file is made, for when there is none
 * @param code of every mismatch but an unknown key
 * @throws FILE_NOT_FOUND, FILE_UNREADABLE, FILE_TRUNCATED, FORMAT_INVALID, KEY_UNKNOWN
 */
export async function readJsonFile<T>(
  path: string,
  schema: z.ZodType<T>,
  hint: string,
  code: ErrorCode = 'FORMAT_INVALID',
): Promise<T> {
  const text = await readText(path, hint);
  return checkShape(schema, parseJsonDocument(text, path), code);
}

/** The text of a file a user named. @throws FILE_NOT_FOUND, FILE_UNREADABLE */
export async function readText(file: string, hint: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const found = missing ? 'no such file' : 'cannot be read';
    throw new TruelineError(missing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE', found, { file, hint, cause });
  }
}
