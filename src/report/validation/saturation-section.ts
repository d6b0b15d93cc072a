import type { MetricName } from '../../trace/metrics.js';
import { SATURATION_VERDICTS } from '../../validate/index.js';
import type { RowScope, ValidationResult } from '../../validate/validation-result.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { metricTitle, MISSING, ms, share, signedPct, stageTitle } from '../format.js';
import { KNEE_LIMIT_TITLES } from '../simulation/knee-section.js';
import { kneePlace, rowLookup } from './experiment-table.js';
import { simulatorRows } from './headline.js';

const METRICS = [
  'e2eMeanMs',
  'itlMeanMs',
  'ttftMeanMs',
  'ttftP90Ms',
  'ttftP99Ms',
] as const satisfies readonly MetricName[];

const SCOPE_TITLES: Readonly<Record<RowScope, string>> = { runs: 'whole runs', stages: 'single stages' };

/** `24 below, 2 near and 0 above`. */
function sides(result: ValidationResult, scope: RowScope): string {
  const own = result.experiments.flatMap((entry) =>
    entry.stages.filter(({ stage }) => (stage === 'all') === (scope === 'runs')),
  );
  const counts = SATURATION_VERDICTS.map(
    (verdict) => `${own.filter((stage) => stage.verdict === verdict).length} ${verdict}`,
  );
  return `${SCOPE_TITLES[scope]}: ${counts.join(', ')}`;
}

/** Errors of every simulator by side of the knee; none when all rows lie on one side, as the headline has them. */
function sideTable(result: ValidationResult, scope: RowScope): Block[] {
  const errors = result.errors.filter((entry) => entry.scope === scope && entry.by === 'saturation');
  const groups = [...new Set(errors.map(({ group }) => group))];
  if (groups.every((group) => group.endsWith('below'))) return [];
  return table(
    [
      left(SCOPE_TITLES[scope]),
      left('simulator'),
      right('n'),
      ...METRICS.map((metric) => right(metricTitle(metric))),
    ],
    groups.flatMap((group) =>
      simulatorRows(
        errors.filter((entry) => entry.group === group),
        METRICS,
      ).map((row) => [group, ...row]),
    ),
  );
}

/** What is known of errors below, near and above the knee, by simulator. */
export const saturationErrors = (result: ValidationResult): Block[] => [
  heading(2, 'Below, near and above the knee'),
  paragraph(
    `The knee is the rate from which on queues grow, found by flooding the simulated server. Below it: up to 80 % of it. ` +
      `Here are ${sides(result, 'runs')}; ${sides(result, 'stages')}. A whole run lies where its busiest stage does. ` +
      (result.experiments.some((entry) => entry.stages.some(({ verdict }) => verdict === 'above'))
        ? ''
        : 'Nothing is above it: no figure here says how well a saturated server is predicted. ') +
      'Cells as in the tables above.',
  ),
  ...sideTable(result, 'runs'),
  ...sideTable(result, 'stages'),
];

/** Stages the simulation puts at or above the knee, with how many requests had to wait and for what. */
export function saturationTable(result: ValidationResult): Block[] {
  const find = rowLookup(result.rows);
  const rows = result.experiments.flatMap((entry) =>
    entry.stages
      .filter((stage) => stage.verdict !== 'below' && stage.stage !== 'all')
      .map((stage) => [
        entry.experiment,
        stageTitle(stage.stage),
        kneePlace(stage),
        entry.knee === undefined ? MISSING : KNEE_LIMIT_TITLES[entry.knee.limitedBy],
        share(stage.heldBackRatio),
        ms(stage.waitMs.firstHalf),
        ms(stage.waitMs.secondHalf),
        share(entry.seatLimitedRatio),
        share(entry.kvLimitedRatio),
        signedPct(find(entry.experiment, stage.stage, 'e2eMeanMs')?.errorPct),
        signedPct(find(entry.experiment, stage.stage, 'ttftMeanMs')?.errorPct),
      ]),
  );
  if (rows.length === 0) return [];
  return [
    heading(2, 'At or above the knee'),
    paragraph(
      'Near saturation a small error of the step time becomes a large error of the waiting time: read these rows as ' +
        'a statement about capacity, not about latency. Held back: requests that found no room. Wait: mean time for ' +
        'room, over the first and the second half of the arrivals. Seats, KV: share of the whole run with requests ' +
        'waiting for seats, for KV blocks. Short of: what limits the server where the queue grows.',
    ),
    ...table(
      [
        left('run'),
        left('stage'),
        left('knee'),
        left('short of'),
        right('held back'),
        right('wait ms, 1st half'),
        right('2nd half'),
        right('seats'),
        right('KV'),
        right('E2E %'),
        right('TTFT %'),
      ],
      rows,
    ),
  ];
}
