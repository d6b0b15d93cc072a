import type { LogProblem, TimeModel } from './fit-log-model.js';
import type { OperatorCandidate, ParameterName } from './operator-fit.js';

/** One non-negative coefficient of a time that is a sum: `coefficient · value(row)`. */
export interface LinearPart extends ParameterName {
  /** The part as a formula. */
  readonly symbol: string;
  /** One entry per selected row. */
  readonly values: Float64Array;
  readonly start: number;
}

/** Keeps a time positive when every coefficient is at its bound, so that its logarithm exists. */
const LEAST_US = 1e-3;

const sumOf =
  (columns: readonly Float64Array[]): TimeModel =>
  (parameters) =>
  (row) => {
    let us = LEAST_US;
    for (let j = 0; j < columns.length; j += 1) us += parameters[j]! * columns[j]![row]!;
    return us;
  };

/** A form whose time is the sum of `parts`, over the rows of `base`. */
export function linearCandidate(
  form: string,
  base: Omit<LogProblem, 'model' | 'start' | 'least'>,
  parts: readonly LinearPart[],
): OperatorCandidate {
  return {
    form,
    formula: parts.map(({ symbol }) => symbol).join(' + '),
    names: parts.map(({ name, unit }) => ({ name, unit })),
    problem: {
      ...base,
      model: sumOf(parts.map(({ values }) => values)),
      start: parts.map(({ start }) => start),
      least: parts.map(() => 0),
    },
  };
}
