import type { FitResult, GroupInfluence } from '../../fit/index.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { signedPct } from '../format.js';

/** Runs beyond this are many: those that pull hardest are shown. */
const SHOWN_RUNS = 20;

const largestPull = ({ pulls }: GroupInfluence): number =>
  Math.max(...Object.values(pulls).map((pull) => Math.abs(pull)));

/** How far each run moves each coefficient, hardest first; nothing when there are too few runs to say. */
export function influenceTable({ influences = [] }: FitResult): Block[] {
  const [first] = influences;
  if (first === undefined) return [];
  const terms = Object.keys(first.pulls);
  const shown = influences.toSorted((a, b) => largestPull(b) - largestPull(a)).slice(0, SHOWN_RUNS);
  const limit = 2 / Math.sqrt(influences.length);
  return [
    heading(2, 'What each run pulls'),
    paragraph(
      'How far a coefficient lies from where it would be without the run, in standard errors. Beyond about ' +
        `±${limit.toFixed(1)} (2/√runs) a run decides more than its share: look at it before you trust the coefficient.`,
    ),
    ...table(
      [left('run'), ...terms.map(right)],
      shown.map(({ group, pulls }) => [group, ...terms.map((term) => signedPct(pulls[term]))]),
    ),
  ];
}
