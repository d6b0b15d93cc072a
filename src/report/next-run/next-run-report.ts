import type { Recommendation } from '../../fit/index.js';
import { heading, left, paragraph, right, table, type ReportDocument } from '../document.js';
import { pct, significant } from '../format.js';

/** Which runs to measure next, the most useful first, and what each would leave of the uncertainty. */
export function nextRunReport(set: string, recommendation: Recommendation): ReportDocument {
  const { criterion, targetSdBeforeRatio, runs } = recommendation;
  let spent = 0;
  return [
    heading(1, 'What to measure next'),
    paragraph(
      `Greedy ${criterion}-optimal order per GPU-minute, from what ${set} knows. The spread of the targets' figures that ` +
        `comes from the coefficients is ${pct(100 * targetSdBeforeRatio)} % now; what the model itself gets wrong, no run of ` +
        'this kind removes.',
    ),
    ...table(
      [left('run'), right('GPU-minutes'), right('in all'), right('spread at the targets after it, %')],
      runs.map(({ id, gpuMinutes, targetSdRatio }) => [
        id,
        significant(gpuMinutes),
        significant((spent += gpuMinutes)),
        significant(100 * targetSdRatio),
      ]),
    ),
  ];
}
