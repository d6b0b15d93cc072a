import { nearestName, TruelineError } from '../errors.js';
import type { BasisSet, BasisTerm, RequestTerm } from '../basis/basis-set.js';
import { US_PER_MS } from '../units.js';

/** Gaussian prior of a coefficient, in the coefficient's unit; sd 0 fixes it at the mean, sd Infinity says nothing. */
export interface Prior {
  readonly mean: number;
  readonly sd: number;
}

/** Replacements for priors of a basis, by term name: `{ sd: 0 }` fixes a term, a positive sd frees it. */
export type PriorOverrides = Readonly<Record<string, Partial<Prior>>>;

/** One coefficient of a fit: a term of the basis under the prior this fit uses. */
export interface FitTerm {
  readonly name: string;
  readonly unit: string;
  readonly prior: Prior;
  /** Set for request terms: µs of front end per unit of the coefficient, and what they are counted by. */
  readonly front?: { readonly us: number; readonly per: RequestTerm['per'] };
}

/** The coefficients of a fit: those to solve for, and those held at their prior mean. */
export interface TermLayout {
  /** Step terms in basis order, then request terms. */
  readonly terms: readonly FitTerm[];
  readonly stepTermCount: number;
  /** Indices into `terms` of the free ones, ascending: column j of every fit row is term `free[j]`. */
  readonly free: readonly number[];
  /** How many of `free` are step terms; they come first. */
  readonly freeStepCount: number;
}

/**
 * Splits the terms of a basis into free and fixed ones.
 * @throws KEY_UNKNOWN when an override names no term, FIT_INVALID on an impossible prior or when no term is free
 */
export function layOutTerms(basis: BasisSet, overrides: PriorOverrides = {}): TermLayout {
  const all: readonly FitTerm[] = [...basis.terms.map(stepTerm), ...basis.requestTerms.map(requestTerm)];
  assertKnown(
    Object.keys(overrides),
    all.map((term) => term.name),
    basis.name,
  );
  const terms = all.map((term) => ({
    ...term,
    prior: checkedPrior(term.name, { ...term.prior, ...overrides[term.name] }),
  }));
  const free = terms.flatMap((term, index) => (term.prior.sd > 0 ? [index] : []));
  if (free.length === 0) {
    throw new TruelineError('FIT_INVALID', `no term of basis ${basis.name} is free`, {
      hint: 'Give at least one term a prior with sd > 0.',
    });
  }
  const stepTermCount = basis.terms.length;
  return { terms, stepTermCount, free, freeStepCount: free.filter((index) => index < stepTermCount).length };
}

/** Coefficients by name: `free` values in column order, fixed terms at their prior mean. */
export function coefficientsByName(
  layout: TermLayout,
  free: ArrayLike<number>,
): Readonly<Record<string, number>> {
  const values = Object.fromEntries(layout.terms.map((term) => [term.name, term.prior.mean]));
  layout.free.forEach((index, column) => {
    values[layout.terms[index]!.name] = free[column]!;
  });
  return values;
}

/** Prior means of the free terms, in column order. */
export const priorMeans = (layout: TermLayout): Float64Array => freeValues(layout, {});

const stepTerm = ({ name, unit, prior }: BasisTerm): FitTerm => ({ name, unit, prior });

const requestTerm = ({ name, unit, prior, per }: RequestTerm): FitTerm => ({
  name,
  unit,
  prior,
  front: { us: unit === 'ms' ? US_PER_MS : 1, per },
});

/** Values of the free terms by name, in column order; terms that are not named stand at their prior mean. */
export const freeValues = (
  { terms, free }: TermLayout,
  values: Readonly<Record<string, number>>,
): Float64Array => Float64Array.from(free, (index) => values[terms[index]!.name] ?? terms[index]!.prior.mean);

function assertKnown(names: readonly string[], known: readonly string[], basisName: string): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = nearestName(unknown, known);
  throw new TruelineError('KEY_UNKNOWN', `basis ${basisName} has no term "${unknown}"`, {
    hint: near === undefined ? `Its terms are ${known.join(', ')}.` : `Did you mean "${near}"?`,
  });
}

function checkedPrior(name: string, prior: Prior): Prior {
  if (Number.isFinite(prior.mean) && prior.mean >= 0 && prior.sd >= 0) return prior;
  throw new TruelineError('FIT_INVALID', `prior of "${name}" is ${prior.mean} ± ${prior.sd}`, {
    hint: 'Coefficients are never negative: give a mean ≥ 0 and an sd ≥ 0.',
  });
}
