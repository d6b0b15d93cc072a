import type { BasisContext, BasisSet } from '../basis/basis-set.js';
import { BATCH_FIELDS, emptyBatch } from '../trace/batch-shape.js';
import type { StepColumns } from '../trace/trace.js';
import { msToUs } from '../units.js';
import type { CoefficientCovariance } from './uncertainty.js';

/** Steps read of a run: their mean stands still long before. */
const MAX_STEPS = 1000;

/** Σ over an even sample of the steps of each basis term, in basis order, per unit coefficient. */
function termSums(basis: BasisSet, context: BasisContext, steps: StepColumns): Float64Array {
  const compiled = basis.compile(context);
  const values = new Float64Array(basis.terms.length);
  const sums = new Float64Array(basis.terms.length);
  const batch = emptyBatch();
  const stride = Math.max(1, Math.floor(steps.count / MAX_STEPS));
  for (let step = 0; step < steps.count; step += stride) {
    for (const field of BATCH_FIELDS) batch[field] = steps[field][step]!;
    compiled.evaluate(batch, values);
    values.forEach((value, term) => (sums[term]! += value));
  }
  return sums;
}

/** √(vᵀ·C·v), C restricted to the terms of v: the spread of Σ v·coefficient. */
export function coefficientSpread(
  covariance: CoefficientCovariance,
  weights: Readonly<Record<string, number>>,
): number {
  const v = covariance.terms.map((term) => weights[term] ?? 0);
  const variance = covariance.values.reduce(
    (sum, row, i) => sum + row.reduce((inner, value, j) => inner + v[i]! * value * v[j]!, 0),
    0,
  );
  return Math.sqrt(Math.max(0, variance));
}

/**
 * Relative standard deviation of the summed time of the steps of a run, from the coefficients' uncertainty alone.
 * @param values of all step terms, by name
 */
export function stepTimeSdRatio(
  basis: BasisSet,
  values: Readonly<Record<string, number>>,
  covariance: CoefficientCovariance,
  context: BasisContext,
  steps: StepColumns,
): number {
  const sums = termSums(basis, context, steps);
  const { terms } = basis;
  const totalUs = terms.reduce((sum, term, i) => sum + (values[term.name] ?? term.prior.mean) * sums[i]!, 0);
  if (!(totalUs > 0)) return 0;
  return coefficientSpread(covariance, Object.fromEntries(terms.map((term, i) => [term.name, sums[i]!]))) / totalUs;
}

/** Standard deviation of the front end's delay of one request, in µs, from the coefficients' uncertainty. */
export function frontEndSdUs(basis: BasisSet, covariance: CoefficientCovariance): number {
  const { requestTerms } = basis;
  const perRequest = requestTerms.filter((term) => term.per === 'request');
  return coefficientSpread(
    covariance,
    Object.fromEntries(perRequest.map(({ name, unit }) => [name, unit === 'ms' ? msToUs(1) : 1])),
  );
}
