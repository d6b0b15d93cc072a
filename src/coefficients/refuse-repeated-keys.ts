import { TruelineError } from '../errors.js';
import { parseYamlDocument, type ParsedDocument } from '../text/parse-document.js';

/** Strings of a JSON text; with the colon, those that are keys. */
const STRING_OR_KEY = /"(?:[^"\\]|\\.)*"(\s*:)?/gu;

/**
 * `JSON.parse` keeps the last of two equal keys without a word: of two entries of one name, one would vanish. YAML refuses them itself.
 * @throws COEFFICIENTS_INVALID with the line of the second
 */
export function refuseRepeatedKeys(text: string, { file, value }: ParsedDocument): void {
  if (!file.endsWith('.json')) return;
  const written = [...text.matchAll(STRING_OR_KEY)].filter(([, colon]) => colon !== undefined).length;
  if (written === countKeys(value)) return;
  throw new TruelineError('COEFFICIENTS_INVALID', 'a key is written twice in one object', {
    file,
    ...lineOfRepeated(text, file),
    hint: 'Keep one of them.',
  });
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, child) => sum + countKeys(child), own);
}

/** JSON is YAML, whose parser names the line; nothing where it finds none. */
function lineOfRepeated(text: string, file: string): { readonly line?: number } {
  try {
    parseYamlDocument(text, file);
  } catch (error) {
    if (error instanceof TruelineError && error.line !== undefined) return { line: error.line };
  }
  return {};
}
