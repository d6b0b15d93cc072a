import type { KneeLimit, SimulatedKnee } from '../../validate/index.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { share, significant, stageTitle } from '../format.js';

/** What a saturated server runs short of, in words. */
export const KNEE_LIMIT_TITLES: Readonly<Record<KneeLimit, string>> = {
  seats: 'seats',
  'kv-blocks': 'KV blocks',
  'step-tokens': 'time to compute the tokens of its steps',
};

const NOTES = {
  below: 'The load stays below it.',
  near: 'The load is near it: small errors of the step time are large errors of TTFT here.',
  above:
    'The load is above it: the queue grows for as long as requests are sent, and latencies say how long that was.',
} as const;

/** The rate above which queues grow, what limits it, and how far from it each stage is. */
export function kneeSection(knee: SimulatedKnee | undefined): Block[] {
  if (knee === undefined) return [];
  const { requestsPerS, limitedBy, stages } = knee;
  const whole = stages.find(({ stage }) => stage === 'all');
  const single = stages.filter(({ stage }) => stage !== 'all');
  const shown = whole !== undefined && single.length === 1 ? [whole] : single;
  return [
    heading(2, 'Knee'),
    paragraph(
      `Queues grow from ${significant(requestsPerS)} requests/s of this mix on: the server runs short of ${KNEE_LIMIT_TITLES[limitedBy]}. ` +
        (whole === undefined ? '' : NOTES[whole.verdict]),
      whole === undefined || whole.verdict === 'below' ? 'plain' : 'bad',
    ),
    ...table(
      [left('stage'), right('offered/s'), right('of the knee'), left('where')],
      shown.map(({ stage, kneeLoadRatio, verdict }) => [
        stageTitle(stage),
        significant(kneeLoadRatio * requestsPerS),
        share(kneeLoadRatio),
        verdict,
      ]),
    ),
  ];
}
