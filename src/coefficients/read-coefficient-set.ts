import { readCatalog } from './catalog.js';
import { parseCoefficientSet } from './coefficient-file.js';
import type { CoefficientSet } from './coefficient-set.js';
import { readText } from './read-document.js';

const isPath = (name: string): boolean => /[/\\]|\.(?:json|ya?ml)$/u.test(name);

/**
 * @param pathOrName a file (anything with a slash or ending in `.json`, `.yaml` or `.yml`), or the name of a shipped set
 * @throws FILE_NOT_FOUND, COEFFICIENTS_INVALID, KEY_UNKNOWN; COEFFICIENTS_MISSING when no shipped set has the name
 */
export async function readCoefficientSet(pathOrName: string): Promise<CoefficientSet> {
  if (isPath(pathOrName)) return parseCoefficientSet(await readText(pathOrName), pathOrName);
  return (await readCatalog()).coefficientSet(pathOrName);
}
