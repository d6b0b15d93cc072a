import { chooseForm, type FittedForm, type FormCandidate } from './choose-form.js';
import { clusteredStandardErrors, type LogProblem } from './fit-log-model.js';
import { errorsOf, restrict } from './hold-out.js';
import type { Band, DroppedRows, OperatorFit } from './kernel-fit-result.js';

/** Name, unit and formula symbol of the parameters of a form, in its order. */
export interface ParameterName {
  readonly name: string;
  readonly unit: string;
}

/** What a family hands over to be fitted. */
export interface OperatorTask {
  readonly operator: string;
  readonly release: string;
  readonly dropped: readonly DroppedRows[];
  /** Simplest first. */
  readonly candidates: readonly [OperatorCandidate, ...OperatorCandidate[]];
  /** Rows of each band of held-out errors; empty bands are left out. */
  readonly bands: readonly { readonly name: string; readonly has: (row: number) => boolean }[];
}

export interface OperatorCandidate extends FormCandidate {
  readonly formula: string;
  readonly names: readonly ParameterName[];
}

const countGroups = ({ count, group }: LogProblem): number =>
  new Set(Array.from({ length: count }, (_, row) => group(row))).size;

function bandErrors({ problem, heldOutUs }: FittedForm, task: OperatorTask): Band[] {
  const rows = Array.from({ length: problem.count }, (_, row) => row);
  return task.bands.flatMap(({ name, has }) => {
    const inside = rows.filter(has);
    if (inside.length === 0) return [];
    const errors = errorsOf(restrict(problem, inside), (row) => heldOutUs[inside[row]!]!);
    return [{ name, errors }];
  });
}

/** Fits every candidate form, keeps the simplest that is not clearly beaten on held-out shapes, and describes it. */
export function fitOperator(task: OperatorTask): OperatorFit {
  const { chosen, forms } = chooseForm(task.candidates);
  const { problem, parameters } = chosen;
  const candidate = task.candidates.find(({ form }) => form === chosen.form)!;
  const standardErrors = clusteredStandardErrors(problem, parameters);
  return {
    operator: task.operator,
    formula: candidate.formula,
    release: task.release,
    parameters: candidate.names.map(({ name, unit }, i) => ({
      name,
      unit,
      value: parameters[i]!,
      standardError: standardErrors[i]!,
    })),
    rowsUsed: problem.count,
    shapes: countGroups(problem),
    dropped: task.dropped,
    fitted: errorsOf(problem, problem.model(parameters)),
    heldOut: errorsOf(problem, (row) => chosen.heldOutUs[row]!),
    bands: bandErrors(chosen, task),
    forms,
  };
}

/** A fitted parameter by name; 0 when the chosen form has no such term. */
export const parameterOf = (fit: OperatorFit, name: string): number =>
  fit.parameters.find((parameter) => parameter.name === name)?.value ?? 0;
