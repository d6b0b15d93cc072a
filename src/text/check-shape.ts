import * as z from 'zod';
import { nearestName, TruelineError, type ErrorCode } from '../errors.js';
import type { DocumentPath, ParsedDocument } from './parse-document.js';

const pathText = (path: DocumentPath): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');

/** Every property name a schema knows, at any depth: the candidates for a misspelt key. */
function knownKeys(schema: z.ZodType): string[] {
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('properties' in node && typeof node.properties === 'object' && node.properties !== null) {
      for (const name of Object.keys(node.properties)) names.add(name);
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return [...names];
}

/** A name that is known elsewhere was not misspelt: the whole file may be one of another kind. */
function hintFor(key: string, nearest: string | undefined): string {
  if (nearest === undefined) return 'Remove the key.';
  return nearest === key
    ? 'It belongs elsewhere in such a file; is this one of another kind?'
    : `Did you mean \`${nearest}\`?`;
}

function unknownKeyError(
  schema: z.ZodType,
  key: string,
  path: DocumentPath,
  document: ParsedDocument,
): TruelineError {
  const nearest = nearestName(key, knownKeys(schema));
  const line = document.lineOf([...path, key]);
  const where = path.length === 0 ? '' : ` in \`${pathText(path)}\``;
  return new TruelineError('KEY_UNKNOWN', `unknown key \`${key}\`${where}`, {
    file: document.file,
    hint: hintFor(key, nearest),
    ...(line === undefined ? {} : { line }),
  });
}

/**
 * The document's value as the schema describes it.
 * @throws KEY_UNKNOWN with the nearest known name; `code` for every other mismatch, naming path and line
 */
export function checkShape<T>(
  schema: z.ZodType<T>,
  document: ParsedDocument,
  code: ErrorCode = 'FORMAT_INVALID',
): T {
  const result = schema.safeParse(document.value);
  if (result.success) return result.data;
  // a misspelt key is also a missing one: the first explains the second
  const issue =
    result.error.issues.find((candidate) => candidate.code === 'unrecognized_keys') ?? result.error.issues[0];
  const path = (issue?.path ?? []).filter((part) => typeof part !== 'symbol');
  if (issue?.code === 'unrecognized_keys') {
    throw unknownKeyError(schema, issue.keys[0] ?? '', path, document);
  }
  const line = document.lineOf(path);
  if (document.value === null || document.value === undefined)
    throw new TruelineError(code, 'nothing is written here', { file: document.file });
  const at = path.length === 0 ? '' : `\`${pathText(path)}\`: `;
  throw new TruelineError(code, `${at}${issue?.message ?? 'unexpected shape'}`, {
    file: document.file,
    ...(line === undefined ? {} : { line }),
  });
}
