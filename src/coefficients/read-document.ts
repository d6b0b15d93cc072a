import { readdir, readFile } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { nearestName, TruelineError } from '../errors.js';

type Path = readonly (string | number)[];

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
  if (code === 'ENOENT')
    return new TruelineError('FILE_NOT_FOUND', 'no such file or folder', { file, cause });
  return new TruelineError('FILE_UNREADABLE', `cannot be read (${code})`, { file, cause });
}

/**
 * A YAML or JSON text as the schema describes it.
 * @throws KEY_UNKNOWN with the nearest known key; COEFFICIENTS_INVALID for bad syntax or any other mismatch, with line
 */
export function parseStrict<T>(schema: z.ZodType<T>, text: string, file: string): T {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter }); // JSON is YAML too, and both then report lines
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    const line = syntax.linePos?.[0].line;
    const message = `not valid YAML or JSON: ${syntax.message.split('\n')[0] ?? ''}`;
    throw new TruelineError('COEFFICIENTS_INVALID', message, at(file, line, syntax));
  }
  const result = schema.safeParse(document.toJS());
  if (result.success) return result.data;
  const lineOf = (path: Path): number | undefined => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
        return lineCounter.linePos(Number(node.range[0])).line;
      }
    }
    return undefined;
  };
  throw shapeError(schema, result.error, file, lineOf);
}

const at = (file: string, line: number | undefined, cause?: unknown) => ({
  file,
  ...(line === undefined ? {} : { line }),
  ...(cause === undefined ? {} : { cause }),
});

function shapeError(
  schema: z.ZodType,
  error: z.ZodError,
  file: string,
  lineOf: (path: Path) => number | undefined,
): TruelineError {
  const [issue] = error.issues;
  const path = (issue?.path ?? []).filter((part) => typeof part !== 'symbol');
  const where = path.length === 0 ? '' : ` in \`${path.join('.')}\``;
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const nearest = nearestName(key, knownKeys(schema));
    return new TruelineError('KEY_UNKNOWN', `unknown key \`${key}\`${where}`, {
      ...at(file, lineOf([...path, key])),
      hint: nearest === undefined ? 'Remove the key.' : `Did you mean \`${nearest}\`?`,
    });
  }
  return new TruelineError('COEFFICIENTS_INVALID', `${issue?.message ?? 'unexpected shape'}${where}`, {
    ...at(file, lineOf(path)),
  });
}

/** Every property name a schema knows, at any depth: candidates for a misspelt key. */
function knownKeys(schema: z.ZodType): string[] {
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('properties' in node) for (const name of Object.keys(node.properties ?? {})) names.add(name);
    for (const child of Object.values(node)) visit(child);
  };
  visit(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return [...names];
}
