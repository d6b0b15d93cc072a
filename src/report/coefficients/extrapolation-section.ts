import type { ScopeGap } from '../../coefficients/index.js';
import { heading, list, paragraph, type Block } from '../document.js';

/** A gap as a reader wants it: what is served, and what was fitted. */
const gapWords = ({ dimension, value, fittedOn }: ScopeGap): string =>
  `${dimension} ${value}; fitted: ${fittedOn.join(', ')}`;

/** Whether a prediction lies inside what its coefficients were fitted on, and in which dimensions it does not. */
export const extrapolationSection = (gaps: readonly ScopeGap[]): Block[] => [
  heading(2, 'Extrapolation'),
  ...(gaps.length === 0
    ? [paragraph('None known: this lies inside every scope that the coefficient set records.', 'good')]
    : [paragraph('The coefficients were not fitted on:', 'note'), list(gaps.map(gapWords), 'note')]),
];
