import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { CoefficientSource } from '../coefficient-set.js';
import { readText } from '../read-document.js';
import { parseBlisCoefficients, type BlisCoefficients } from './blis-file.js';

/** Coefficients of BLIS and the file they stood in. */
export interface BlisFile {
  readonly coefficients: BlisCoefficients;
  readonly source: Pick<CoefficientSource, 'name' | 'sha256'>;
}

/** Reads a YAML file with the peer's coefficients. @throws FILE_NOT_FOUND, FILE_UNREADABLE; as `parseBlisCoefficients` */
export async function readBlisFile(path: string): Promise<BlisFile> {
  const text = await readText(path);
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { coefficients: parseBlisCoefficients(text, path), source: { name: basename(path), sha256 } };
}
