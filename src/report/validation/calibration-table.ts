import type { ValidationResult } from '../../validate/validation-result.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { metricTitle, ms, ratio } from '../format.js';

/** Predicted against measured as a straight line, for the means: does the error grow with the value? */
export function calibrationTable({ calibrations }: ValidationResult): Block[] {
  const lines = calibrations.filter(({ metric }) => metric.includes('Mean'));
  if (lines.length === 0) return [];
  return [
    heading(2, 'Predicted against measured'),
    paragraph('Least-squares line through the whole runs; slope 1 and intercept 0 when nothing is biased.'),
    ...table(
      [left('split'), left('metric'), right('n'), right('slope'), right('intercept ms'), right('r²')],
      lines.map(({ split, metric, n, slope, intercept, r2 }) => [
        split,
        metricTitle(metric),
        String(n),
        ratio(slope),
        ms(intercept),
        ratio(r2),
      ]),
    ),
  ];
}
