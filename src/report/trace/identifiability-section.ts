import type { CoverageLimit } from '../../lint/index.js';
import { heading, left, table, type Block } from '../document.js';

/** What a run can determine, by what its rows cover. */
export const identifiabilitySection = (limits: readonly CoverageLimit[]): Block[] => [
  heading(2, 'What a fit can learn from it'),
  ...table(
    [left('cost'), left('learnt'), left('because')],
    limits.map(({ cost, determined, why }) => [cost, determined ? 'yes' : 'no', why]),
  ),
];
