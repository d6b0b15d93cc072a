import * as z from 'zod';
import { basisByName } from '../basis/basis-by-name.js';
import type { BasisSet, BasisTerm } from '../basis/basis-set.js';
import { METRIC_NAMES } from '../trace/metrics.js';
import { nearestName, TruelineError } from '../errors.js';
import { refuseBadCovariances } from './check-covariance.js';
import type { CoefficientSet } from './coefficient-set.js';
import { refuseRepeatedKeys } from './refuse-repeated-keys.js';
import { refuseAmbiguousCorrections } from './resolve-correction.js';
import { checkShape } from '../text/check-shape.js';
import { parseDocument, placeOf, type Place } from './read-document.js';

const amount = z.number().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);

const scope = z.strictObject({
  engineVersion: z.exactOptional(z.string()),
  gpus: z.exactOptional(z.array(z.string())),
  models: z.exactOptional(z.array(z.string())),
  tensorParallelSizes: z.exactOptional(z.array(z.int().positive())),
});

const source = z.strictObject({
  name: z.string().min(1),
  sha256: z.exactOptional(sha256),
  rowsUsed: z.int().nonnegative(),
  rowsDropped: z.int().nonnegative(),
});

const entry = z.strictObject({
  value: amount,
  unit: z.string(),
  stdError: z.exactOptional(amount),
  resampledStdError: z.exactOptional(amount),
  prior: z.exactOptional(z.strictObject({ mean: z.number(), sd: amount })),
  dataShareRatio: z.exactOptional(z.number().min(0).max(1)),
  atBound: z.boolean(),
  method: z.enum(['fitted', 'measured', 'vendor', 'assumed']),
  scope,
  sources: z.array(source),
  rationale: z.string(),
});

const counts = z.record(z.string(), z.int().nonnegative());

const fittedFile = z.strictObject({
  name: z.string().min(1),
  sha256: z.exactOptional(sha256),
  rowsUsed: z.int().nonnegative(),
  dropped: counts,
});

const covariance = z
  .strictObject({ terms: z.array(z.string()), values: z.array(z.array(z.number())) })
  .refine(
    ({ terms, values }) =>
      values.length === terms.length && values.every((row) => row.length === terms.length),
    'the covariance is not square over its terms',
  );

const fit = z.strictObject({
  toolVersion: z.string(),
  split: z.string(),
  runs: z.exactOptional(z.array(z.string())),
  heldOut: z.exactOptional(z.array(z.string())),
  dropped: z.exactOptional(counts),
  files: z.exactOptional(z.array(fittedFile)),
  covariance: z.exactOptional(covariance),
  options: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  largestBatch: z.exactOptional(
    z.strictObject({
      prefillTokens: amount,
      decodeRequests: amount,
      decodeContextTokens: amount,
      prefillContextTokens: amount,
    }),
  ),
  trainErrors: z.record(z.string(), z.number()),
});

const correctionPrior = z.strictObject({ stepLogSd: amount, frontLogSd: amount });

const uncertainty = z.strictObject({
  covariance,
  stepTimeLogSd: amount,
  metricLogSd: z.partialRecord(z.enum(METRIC_NAMES), amount),
  models: z.int().positive(),
  figures: z.int().positive(),
  unseenCoverageRatio: z.number().min(0).max(1),
  correctionPrior: z.exactOptional(correctionPrior),
});

const correction = z.strictObject({
  scope: z.strictObject({
    model: z.string().min(1),
    gpu: z.string().min(1),
    tensorParallelSize: z.exactOptional(z.int().positive()),
    engineVersion: z.exactOptional(z.string()),
  }),
  stepScaleRatio: z.number().positive(),
  stepScaleLogSd: amount,
  frontScaleRatio: z.number().positive(),
  frontScaleLogSd: amount,
  prior: correctionPrior,
  experiments: z.array(z.string()),
  sources: z.array(source),
});

/** A coefficient file, format version 1. */
export const coefficientFileSchema = z.strictObject({
  formatVersion: z.literal(1),
  name: z.string().min(1),
  description: z.string(),
  basis: z.string(),
  entries: z.record(z.string(), entry),
  fit: z.exactOptional(fit),
  uncertainty: z.exactOptional(uncertainty),
  corrections: z.exactOptional(z.array(correction)),
});

/**
 * A coefficient set from the text of its file: JSON by its name (`.json`), else YAML with the same keys.
 * @throws KEY_UNKNOWN for a misspelt key or term, COEFFICIENTS_INVALID for anything else the format does not allow, each with its line
 */
export function parseCoefficientSet(text: string, file: string): CoefficientSet {
  const document = parseDocument(text, file);
  refuseRepeatedKeys(text, document);
  const set = checkShape(coefficientFileSchema, document, 'COEFFICIENTS_INVALID');
  const basis = basisByName(set.basis, placeOf(document, ['basis']));
  const terms: readonly BasisTerm[] = [...basis.terms, ...basis.requestTerms];
  for (const [name, { unit }] of Object.entries(set.entries)) {
    const term = terms.find((candidate) => candidate.name === name);
    if (term === undefined) throw unknownTerm(name, basis, placeOf(document, ['entries', name]));
    if (term.unit !== unit) throw otherUnit(term, unit, placeOf(document, ['entries', name, 'unit']));
  }
  refuseBadCovariances(set, document);
  refuseAmbiguousCorrections(set.corrections ?? [], document);
  return set;
}

function unknownTerm(name: string, { name: basis, terms, requestTerms }: BasisSet, place: Place): TruelineError {
  const known = [...terms, ...requestTerms].map((candidate) => candidate.name);
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? `Known terms: ${known.join(', ')}.` : `Did you mean \`${nearest}\`?`;
  return new TruelineError('KEY_UNKNOWN', `unknown term \`${name}\` of basis \`${basis}\``, { ...place, hint });
}

/** A coefficient in other units than its term would be silently wrong. */
const otherUnit = (term: BasisTerm, unit: string, place: Place): TruelineError =>
  new TruelineError('COEFFICIENTS_INVALID', `\`${term.name}\` is in \`${unit}\`, its term in \`${term.unit}\``, {
    ...place,
    hint: `Convert the value to ${term.unit}.`,
  });
