import type { BasisContext } from '../basis/basis-set.js';
import { TruelineError } from '../errors.js';
import type { ParsedDocument } from '../text/parse-document.js';
import type { CoefficientSet, ConfigurationCorrection, CorrectionScope } from './coefficient-set.js';
import { placeOf } from './read-document.js';
import type { StepCorrection } from './step-correction.js';

const holdsFor = (
  { model, gpu, tensorParallelSize, engineVersion }: CorrectionScope,
  { arch, gpu: { name }, server }: BasisContext,
): boolean =>
  model === arch.name &&
  gpu === name &&
  (tensorParallelSize ?? server.tensorParallelSize) === server.tensorParallelSize &&
  (engineVersion ?? server.engineVersion) === server.engineVersion;

/** Larger for a narrower scope. The degree of tensor parallelism changes step times more than a version does: it counts more. */
const specificity = ({ tensorParallelSize, engineVersion }: CorrectionScope): number =>
  (tensorParallelSize === undefined ? 0 : 2) + (engineVersion === undefined ? 0 : 1);

export const isSameScope = (a: CorrectionScope, b: CorrectionScope): boolean =>
  a.model === b.model &&
  a.gpu === b.gpu &&
  a.tensorParallelSize === b.tensorParallelSize &&
  a.engineVersion === b.engineVersion;

/**
 * The correction of a set that serves predictions of what is served in `context`: the one with the narrowest scope that
 * holds, undefined when none does. Corrections are never combined.
 */
export function correctionFor(
  { corrections = [] }: Pick<CoefficientSet, 'corrections'>,
  context: BasisContext,
): ConfigurationCorrection | undefined {
  const holding = corrections.filter(({ scope }) => holdsFor(scope, context));
  return holding.toSorted((a, b) => specificity(b.scope) - specificity(a.scope))[0];
}

/** A set with corrections added; each replaces one of exactly the same scope. In the order of scopes, so equal sets are equal files. */
export function withCorrections(
  set: CoefficientSet,
  added: readonly ConfigurationCorrection[],
): CoefficientSet {
  const kept = (set.corrections ?? []).filter(
    ({ scope }) => !added.some((correction) => isSameScope(scope, correction.scope)),
  );
  const corrections = [...kept, ...added].toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  return { ...set, corrections };
}

const sortKey = ({ scope }: ConfigurationCorrection): string =>
  [scope.model, scope.gpu, scope.tensorParallelSize ?? 0, scope.engineVersion ?? ''].join('\n');

/** @throws COEFFICIENTS_INVALID when two corrections have one scope: which of them holds would be chance */
export function refuseAmbiguousCorrections(
  corrections: readonly ConfigurationCorrection[],
  document: ParsedDocument,
): void {
  const scopes = corrections.map(({ scope }) => scope);
  const second = scopes.findIndex((scope, i) => scopes.slice(0, i).some((earlier) => isSameScope(scope, earlier)));
  const twice = scopes[second];
  if (twice === undefined) return;
  throw new TruelineError(
    'COEFFICIENTS_INVALID',
    `two corrections have the scope ${twice.model} on ${twice.gpu}, tensor parallelism ${twice.tensorParallelSize ?? 'any'}, ` +
      `engine ${twice.engineVersion ?? 'any'}`,
    { ...placeOf(document, ['corrections', second, 'scope']), hint: 'Keep one of them.' },
  );
}

/** A correction as what it does to a latency model. */
export const stepCorrection = ({
  stepScaleRatio,
  frontScaleRatio,
}: ConfigurationCorrection): StepCorrection => ({ stepScaleRatio, stepOffsetUs: 0, frontScaleRatio });
