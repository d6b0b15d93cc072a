import { basisByName } from '../basis/basis-by-name.js';
import { TruelineError } from '../errors.js';
import type {
  CoefficientEntry,
  CoefficientSet,
  ConfigurationCorrection,
  CorrectionScope,
} from './coefficient-set.js';
import { isSameScope } from './resolve-correction.js';

/** Combined standard errors beyond which a difference is no longer put down to chance. */
export const MOVED_ERRORS = 3;

/** A number with its error; the error is absent where none is stated, and the number then counts as exact. */
export interface ComparedValue {
  readonly value: number;
  readonly error?: number;
}

/** One coefficient in two sets. */
export interface EntryDifference {
  readonly term: string;
  readonly unit: string;
  readonly before?: ComparedValue;
  readonly after?: ComparedValue;
  /** After − before, in combined standard errors; absent when in one set only, or when neither has an error. */
  readonly differenceErrors?: number;
  readonly verdict: 'moved' | 'within error' | 'only in one';
}

/**
 * Each coefficient of two sets of one basis, those of the first set in its order and then those of the second alone. The
 * combined error is √(σ²before + σ²after): right for fits to separate data; for fits that share runs it is too large, so
 * that less counts as moved. A term that its prior fixes stands at that value in a set without an entry for it.
 * @throws COEFFICIENTS_INVALID when the bases differ: coefficients of one name then price different things
 */
export function diffSets(before: CoefficientSet, after: CoefficientSet): readonly EntryDifference[] {
  if (before.basis !== after.basis) {
    throw new TruelineError(
      'COEFFICIENTS_INVALID',
      `\`${before.name}\` is of basis \`${before.basis}\`, \`${after.name}\` of basis \`${after.basis}\``,
      { hint: 'Compare two sets of one basis; refit one with `trueline fit --basis`.' },
    );
  }
  const fixed = fixedValues(before.basis);
  const terms = [...new Set([...Object.keys(before.entries), ...Object.keys(after.entries)])];
  return terms.map((term) => {
    const [from, to] = [before.entries[term], after.entries[term]];
    const unit = from?.unit ?? to?.unit ?? '';
    return diffValues(
      { term, unit },
      from ? comparedValue(from) : fixed.get(term),
      to ? comparedValue(to) : fixed.get(term),
    );
  });
}

/** What a set without an entry has for the terms that their prior fixes. */
function fixedValues(basisName: string): ReadonlyMap<string, ComparedValue> {
  const { terms, requestTerms } = basisByName(basisName);
  const fixed = [...terms, ...requestTerms].filter(({ prior }) => prior.sd === 0);
  return new Map(fixed.map(({ name, prior }) => [name, { value: prior.mean, error: 0 }]));
}

/** A scale of one configuration in two sets. */
export interface CorrectionDifference {
  readonly scope: CorrectionScope;
  readonly scale: 'stepScale' | 'frontScale';
  readonly difference: EntryDifference;
}

/**
 * Both scales of every configuration that either set corrects, compared like entries; one that only one set corrects stands in one
 * set only. Errors are value · standard error of the logarithm.
 */
export function diffCorrections(before: CoefficientSet, after: CoefficientSet): readonly CorrectionDifference[] {
  const [from, to] = [before.corrections ?? [], after.corrections ?? []];
  const added = to.filter(({ scope }) => !from.some((each) => isSameScope(each.scope, scope)));
  return [...from, ...added].flatMap(({ scope }) => {
    const [old, fresh] = [from, to].map((each) => each.find((found) => isSameScope(found.scope, scope)));
    return SCALES.map(({ scale, valueOf }) => ({
      scope,
      scale,
      difference: diffValues(
        { term: scale, unit: 'ratio' },
        old === undefined ? undefined : valueOf(old),
        fresh === undefined ? undefined : valueOf(fresh),
      ),
    }));
  });
}

const scaled = (value: number, logSd: number): ComparedValue => ({ value, error: value * logSd });

const SCALES: readonly {
  readonly scale: CorrectionDifference['scale'];
  readonly valueOf: (correction: ConfigurationCorrection) => ComparedValue;
}[] = [
  { scale: 'stepScale', valueOf: (each) => scaled(each.stepScaleRatio, each.stepScaleLogSd) },
  { scale: 'frontScale', valueOf: (each) => scaled(each.frontScaleRatio, each.frontScaleLogSd) },
];

function diffValues(
  named: Pick<EntryDifference, 'term' | 'unit'>,
  before: ComparedValue | undefined,
  after: ComparedValue | undefined,
): EntryDifference {
  if (before === undefined || after === undefined) {
    return { ...named, ...(before && { before }), ...(after && { after }), verdict: 'only in one' };
  }
  const difference = after.value - before.value;
  const error = Math.hypot(before.error ?? 0, after.error ?? 0);
  return {
    ...named,
    before,
    after,
    ...(error > 0 && { differenceErrors: difference / error }),
    verdict: Math.abs(difference) > MOVED_ERRORS * error ? 'moved' : 'within error',
  };
}

/** The larger of the analytic and the resampled error: each alone can be too small. */
function comparedValue({ value, stdError, resampledStdError }: CoefficientEntry): ComparedValue {
  const errors = [stdError, resampledStdError].filter((error) => error !== undefined);
  return errors.length === 0 ? { value } : { value, error: Math.max(...errors) };
}
