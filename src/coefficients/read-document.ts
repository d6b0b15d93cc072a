import { readdir, readFile } from 'node:fs/promises';
import type * as z from 'zod';
import { TruelineError, type ErrorContext } from '../errors.js';
import { checkShape } from '../text/check-shape.js';
import {
  parseJsonDocument,
  parseYamlDocument,
  type DocumentPath,
  type ParsedDocument,
} from '../text/parse-document.js';

/** Whole text of a file. @throws FILE_NOT_FOUND, FILE_UNREADABLE */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw fileError(file, cause);
  }
}

/** Names in a folder, sorted by code unit. @throws FILE_NOT_FOUND, FILE_UNREADABLE */
export async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (cause) {
    throw fileError(folder, cause);
  }
}

function fileError(file: string, cause: unknown): TruelineError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  if (code === 'ENOENT') return new TruelineError('FILE_NOT_FOUND', 'no such file or folder', { file, cause });
  return new TruelineError('FILE_UNREADABLE', `cannot be read (${code})`, { file, cause });
}

/** A JSON (by its name) or YAML text that still knows its lines. @throws FORMAT_INVALID, FILE_TRUNCATED */
export const parseDocument = (text: string, file: string): ParsedDocument =>
  (file.endsWith('.json') ? parseJsonDocument : parseYamlDocument)(text, file);

/**
 * A JSON (by its name) or YAML text as the schema describes it.
 * @throws FORMAT_INVALID or FILE_TRUNCATED for bad syntax, KEY_UNKNOWN with the nearest known key,
 *   COEFFICIENTS_INVALID for any other mismatch, each with its line
 */
export const parseStrict = <T>(schema: z.ZodType<T>, text: string, file: string): T =>
  checkShape(schema, parseDocument(text, file), 'COEFFICIENTS_INVALID');

/** Where something stands, for an error. */
export type Place = Pick<ErrorContext, 'file' | 'line'>;

/** File and, where it is known, line of a value of a document. */
export function placeOf({ file, lineOf }: ParsedDocument, path: DocumentPath): Place {
  const line = lineOf(path);
  return { file, ...(line !== undefined && { line }) };
}
