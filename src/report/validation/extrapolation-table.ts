import type { ValidationResult } from '../../validate/validation-result.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { count } from '../format.js';

/** Which experiments take the coefficients beyond what they were fitted on, by dimension; nothing when none does. */
export function extrapolationTable({ experiments }: ValidationResult): Block[] {
  const gaps = experiments.flatMap(({ experiment, beyondFit }) =>
    beyondFit.map((gap) => ({ ...gap, experiment })),
  );
  const dimensions = [...new Set(gaps.map(({ dimension }) => dimension))];
  const rows = dimensions.map((dimension) => {
    const own = gaps.filter((gap) => gap.dimension === dimension);
    const values = [...new Set(own.map(({ value }) => value))];
    const fittedOn = [...new Set(own.flatMap((gap) => gap.fittedOn))];
    return [dimension, count(own.length), values.join('; '), fittedOn.join(', ')];
  });
  if (rows.length === 0) return [];
  return [
    heading(2, 'Extrapolation'),
    paragraph('Experiments that take the coefficients beyond what they were fitted on.'),
    ...table([left('dimension'), right('experiments'), left('served'), left('fitted')], rows),
  ];
}
