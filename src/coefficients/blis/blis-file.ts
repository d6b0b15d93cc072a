import { stringify } from 'yaml';
import * as z from 'zod';
import { TruelineError } from '../../errors.js';
import { checkShape } from '../../text/check-shape.js';
import { isRecord } from '../../text/object-keys.js';
import { parseYamlDocument, type ParsedDocument } from '../../text/parse-document.js';

/** Key of the coefficients in the `defaults.yaml` of BLIS (inference-sim/inference-sim@f90a1e3). */
const BLOCK_KEY = 'trained_physics_coefficients';

const coefficient = z.number().nonnegative();

const blockSchema = z.strictObject({
  alpha_coeffs: z.array(coefficient).length(3),
  beta_coeffs: z.array(coefficient).min(7).max(11),
});

/** Coefficients of one of the trained-physics forms, by position; µs and ratios, as in our entries. */
export interface BlisCoefficients {
  /** α0 … α2. */
  readonly alpha: readonly number[];
  /** β1 …, 7 to 11 of them: their number says which form they belong to. */
  readonly beta: readonly number[];
}

/**
 * The block `trained_physics_coefficients` of a YAML text, in whatever file it stands; a file may also be the block's inside.
 * @throws FORMAT_INVALID for bad syntax; COEFFICIENTS_INVALID without the block, for another number of coefficients than the
 *   forms have, or a negative one; KEY_UNKNOWN for another key in the block; each with its line
 */
export function parseBlisCoefficients(text: string, file: string): BlisCoefficients {
  const document = parseYamlDocument(text, file);
  const { alpha_coeffs: alpha, beta_coeffs: beta } = checkShape(
    blockSchema,
    blockOf(document),
    'COEFFICIENTS_INVALID',
  );
  return { alpha, beta };
}

function blockOf(document: ParsedDocument): ParsedDocument {
  const { file, value, lineOf } = document;
  if (isRecord(value) && BLOCK_KEY in value) {
    return { file, value: value[BLOCK_KEY], lineOf: (path) => lineOf([BLOCK_KEY, ...path]) };
  }
  if (isRecord(value) && 'beta_coeffs' in value) return document;
  throw new TruelineError('COEFFICIENTS_INVALID', `holds no \`${BLOCK_KEY}\``, {
    file,
    hint: 'Give the defaults.yaml of BLIS, or a file with `alpha_coeffs` and `beta_coeffs`.',
  });
}

/**
 * The block as YAML text under comment lines. Numbers are written in full, so that they read back to the same ones.
 * @param comments one line each
 */
export function renderBlisCoefficients(
  { alpha, beta }: BlisCoefficients,
  comments: readonly string[],
): string {
  const block = { [BLOCK_KEY]: { alpha_coeffs: alpha, beta_coeffs: beta } };
  const head = comments.map((line) => `# ${line}\n`).join('');
  return head + stringify(block, { collectionStyle: 'any', flowCollectionPadding: false });
}
