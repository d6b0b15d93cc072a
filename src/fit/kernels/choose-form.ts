import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { FormScore } from './kernel-fit-result.js';
import { fitParameters, type LogProblem } from './fit-log-model.js';
import { errorsOf, heldOutUs } from './hold-out.js';

/** One functional form over the same rows as its rivals. */
export interface FormCandidate {
  readonly form: string;
  readonly problem: LogProblem;
}

/** A form fitted and scored on held-out shapes. */
export interface FittedForm extends FormCandidate {
  readonly parameters: readonly number[];
  readonly heldOutUs: Float64Array;
}

/** A richer form must lower the held-out error by this share of it … */
const LEAST_GAIN_RATIO = 0.05;
/** … by this much at all (0.1 %, below what any sweep can tell) … */
const LEAST_GAIN = 0.001;
/** … and by this many standard errors of the difference between shapes. */
const LEAST_GAIN_SIGMAS = 2;

function fitForm(candidate: FormCandidate): FittedForm {
  const parameters = fitParameters(candidate.problem);
  return { ...candidate, parameters, heldOutUs: heldOutUs(candidate.problem, parameters) };
}

/** Mean held-out |log error| of each shape, in order of first appearance. */
function errorsByGroup({ problem, heldOutUs: predicted }: FittedForm): number[] {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < problem.count; row += 1) {
    const group = problem.group(row);
    const errors = groups.get(group) ?? [];
    groups.set(group, errors);
    errors.push(Math.abs(Math.log(predicted[row]! / problem.us(row))));
  }
  return [...groups.values()].map((errors) => mean(errors));
}

function isClearlyBetter(richer: FittedForm, simpler: FittedForm): boolean {
  const before = errorsByGroup(simpler);
  const gains = errorsByGroup(richer).map((after, i) => before[i]! - after);
  if (gains.length < 2) return false;
  const standardError = sampleStandardDeviation(gains) / Math.sqrt(gains.length);
  const gain = mean(gains);
  return gain > Math.max(LEAST_GAIN, LEAST_GAIN_SIGMAS * standardError, LEAST_GAIN_RATIO * mean(before));
}

/**
 * The simplest form that no richer one clearly beats on shapes held out whole.
 * @param candidates simplest first, all over the same rows
 */
export function chooseForm(candidates: readonly [FormCandidate, ...FormCandidate[]]): {
  readonly chosen: FittedForm;
  readonly forms: readonly FormScore[];
} {
  const fitted = candidates.map(fitForm);
  let chosen = fitted[0]!;
  for (const form of fitted.slice(1)) if (isClearlyBetter(form, chosen)) chosen = form;
  const forms = fitted.map((form) => ({
    form: form.form,
    parameters: form.parameters.length,
    heldOut: errorsOf(form.problem, (row) => form.heldOutUs[row]!),
    chosen: form === chosen,
  }));
  return { chosen, forms };
}
