import type { IntervalCoverage, ValidationResult } from '../../validate/validation-result.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { metricTitle, pct } from '../format.js';

const coverageRow = ({ scope, split, metric, verdict, n, inside, medianHalfWidthPct }: IntervalCoverage): string[] => [
  split,
  (scope === 'runs' ? 'whole runs' : 'single stages') +
    (verdict === undefined ? '' : `, ${verdict} the knee`),
  metric === 'all' ? 'all metrics' : metricTitle(metric),
  String(n),
  String(inside),
  `${pct((100 * inside) / n)} %`,
  `± ${pct(medianHalfWidthPct)} %`,
];

/** How often the measured figures lie in their 90 % prediction intervals, and how wide these are. */
export function intervalTable({ intervals }: ValidationResult): Block[] {
  if (intervals.length === 0) return [];
  return [
    heading(2, 'Prediction intervals'),
    paragraph(
      'Share of measured figures inside their 90 % interval. Its width comes from the coefficients (their covariance), from ' +
        'models left out of the fit (how far step times and each metric are off), from the seeds, and from replays with slower ' +
        'and faster steps, which widen it near the knee. Width: median of half the interval, as a share of the prediction.',
    ),
    ...table(
      [
        left('split'),
        left('of'),
        left('metric'),
        right('n'),
        right('inside'),
        right('coverage'),
        right('width'),
      ],
      intervals.map(coverageRow),
    ),
  ];
}
