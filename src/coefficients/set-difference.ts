import { TruelineError } from '../errors.js';
import type { CoefficientEntry, CoefficientSet } from './coefficient-set.js';

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
 * that less counts as moved.
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
  const terms = [...new Set([...Object.keys(before.entries), ...Object.keys(after.entries)])];
  return terms.map((term) => diffEntry(term, before.entries[term], after.entries[term]));
}

function diffEntry(
  term: string,
  before: CoefficientEntry | undefined,
  after: CoefficientEntry | undefined,
): EntryDifference {
  const named = {
    term,
    unit: before?.unit ?? after?.unit ?? '',
    ...(before && { before: comparedValue(before) }),
    ...(after && { after: comparedValue(after) }),
  };
  if (named.before === undefined || named.after === undefined) return { ...named, verdict: 'only in one' };
  const difference = named.after.value - named.before.value;
  const error = Math.hypot(named.before.error ?? 0, named.after.error ?? 0);
  return {
    ...named,
    ...(error > 0 && { differenceErrors: difference / error }),
    verdict: Math.abs(difference) > MOVED_ERRORS * error ? 'moved' : 'within error',
  };
}

/** The larger of the analytic and the resampled error: each alone can be too small. */
function comparedValue({ value, stdError, resampledStdError }: CoefficientEntry): ComparedValue {
  const errors = [stdError, resampledStdError].filter((error) => error !== undefined);
  return errors.length === 0 ? { value } : { value, error: Math.max(...errors) };
}
