import type { BasisContext, BasisSet } from '../../basis/basis-set.js';
import type { CoefficientSet } from '../../coefficients/coefficient-set.js';
import { entryValues, priorValues } from '../../coefficients/price.js';
import { correctionFor } from '../../coefficients/resolve-correction.js';
import type { Experiment } from '../../trace/experiment.js';
import { linearise } from '../benchmark-rows.js';
import type { BenchmarkFitInput } from '../fit-benchmarks.js';
import { freeValues, layOutTerms, type TermLayout } from '../fit-terms.js';
import { predictedUs } from '../left-hand-side.js';

/** Numbers by term name. */
export type ByTerm = Readonly<Record<string, number>>;

/** What one load stage was measured at, and what each term of the basis makes of its prediction. */
export interface CanaryRow {
  readonly metric: 'ttftMeanMs' | 'itlMeanMs';
  /** ln(measured ÷ predicted). */
  readonly logRatio: number;
  /** Of the predicted time, by term. */
  readonly shares: ByTerm;
  /** d ln(predicted) ÷ d coefficient: share ÷ coefficient, which a coefficient of 0 has too. */
  readonly gradient: ByTerm;
}

/** One simulation of each run, as in a fit. */
export const CANARY_SEEDS = [1];

/** The equations of a fit of every term, read the other way round: what each term makes of each stage's prediction. */
export function canaryRows(
  input: BenchmarkFitInput,
  experiment: Experiment,
  coefficients: ByTerm,
): CanaryRow[] {
  const layout = allTermsFree(input.basis);
  const values = freeValues(layout, coefficients);
  const { rows } = linearise({ ...input, seeds: CANARY_SEEDS, layout }, experiment, values);
  return rows.map(({ kind, observedUs, valuesUs, fixedUs }) => {
    const columns = Float64Array.from(valuesUs);
    const totalUs = predictedUs({ valuesUs: columns, fixedUs }, values);
    const byTerm = (of: (us: number, column: number) => number): ByTerm =>
      Object.fromEntries(layout.terms.map(({ name }, column) => [name, of(columns[column]!, column)]));
    return {
      metric: kind === 'ttft' ? 'ttftMeanMs' : 'itlMeanMs',
      logRatio: Math.log(observedUs / totalUs),
      shares: byTerm((us, column) => (us * values[column]!) / totalUs),
      gradient: byTerm((us) => us / totalUs),
    };
  });
}

/** Every term of the basis in a column of its own, in basis order. */
const allTermsFree = (basis: BasisSet): TermLayout =>
  layOutTerms(
    basis,
    Object.fromEntries([...basis.terms, ...basis.requestTerms].map(({ name }) => [name, { sd: Infinity }])),
  );

/** Values of all terms of a set by name, scaled by the set's correction of what is served. */
export function servedValues(basis: BasisSet, set: CoefficientSet, context: BasisContext): ByTerm {
  const values = { ...priorValues(basis), ...entryValues(set) };
  const correction = correctionFor(set, context);
  const stepNames = new Set(basis.terms.map(({ name }) => name));
  const scaleOf = (name: string): number =>
    (stepNames.has(name) ? correction?.stepScaleRatio : correction?.frontScaleRatio) ?? 1;
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, scaleOf(name) * value]));
}
