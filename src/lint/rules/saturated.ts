import type { LintRule, Sighting } from '../finding.js';
import { saturationOf, type StageSaturation } from '../saturation.js';
import { shown } from '../show.js';

function sighting({ where, verdict, signs }: StageSaturation): Sighting[] {
  if (verdict === 'below') return [];
  const hits = signs.filter((sign) => sign.verdict !== 'below');
  const why = hits.map(
    ({ name, value, nearFrom, aboveFrom, verdict: says }) =>
      `${name} ${shown(value)} (limit ${shown(says === 'above' ? aboveFrom : nearFrom)})`,
  );
  return [
    {
      severity: verdict === 'above' ? 'error' : 'warning',
      where,
      found: `${verdict} saturation: ${why.join(', ')}`,
      figures: Object.fromEntries(signs.map(({ name, value }) => [name, value])),
    },
  ];
}

/** Load at or beyond what the server can take, where an error of the step time grows into one of the queue. */
export const saturated: LintRule = {
  id: 'saturated',
  title: 'load at or beyond what the server can take',
  consequence:
    'Waiting time hides the step time: a 6 % error of the step becomes one of 100 % of TTFT, and a fit follows the queue.',
  remedy: 'Keep such runs to test verdicts of saturation; fit to stages at lower rates.',
  hasEvidence: (subject) => saturationOf(subject).length > 0,
  check: (subject) => saturationOf(subject).flatMap(sighting),
};
