import { ALL_GROUPS } from '../../fit/index.js';
import type { GroupErrors } from '../../fit/fit-result.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { count, pct, signedPct } from '../format.js';

const byAllFirst = (errors: readonly GroupErrors[]): GroupErrors[] => [
  ...errors.filter((entry) => entry.group === ALL_GROUPS),
  ...errors.filter((entry) => entry.group !== ALL_GROUPS),
];

/** Errors by group and kind of observation; nothing when there are none. */
export function residualTable(title: string, explanation: string, errors: readonly GroupErrors[]): Block[] {
  if (errors.length === 0) return [];
  const columns = [
    left('group'),
    left('what'),
    ...['n', 'excluded', 'median |%|', 'mean |%|', 'p90 |%|', 'bias %'].map(right),
  ];
  const rows = byAllFirst(errors).map(({ group, kind, errors: summary }) => [
    group,
    kind,
    count(summary.n),
    count(summary.excluded),
    pct(summary.medianApePct),
    pct(summary.mapePct),
    pct(summary.p90ApePct),
    signedPct(summary.mpePct),
  ]);
  return [heading(2, title), paragraph(explanation), ...table(columns, rows)];
}
