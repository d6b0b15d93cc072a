import { median } from 'simple-statistics';
import { bootstrapInterval } from '../stats/bootstrap.js';
import { summariseErrors, type PredictedPair } from '../stats/relative-error.js';
import { METRIC_NAMES } from '../trace/metrics.js';
import type { LabelledRow } from './labelled-rows.js';
import { predictionOf } from './labelled-rows.js';
import { OURS, type ErrorGroup, type GroupKind, type RowScope } from './validation-result.js';

const GROUP_KINDS: readonly GroupKind[] = ['split', 'model', 'gpu', 'workload'];

type Group = Pick<ErrorGroup, 'scope' | 'by' | 'group' | 'metric'>;

const pairsOf = (rows: readonly LabelledRow[], simulator: string): PredictedPair[] =>
  rows.flatMap((row) => {
    const predicted = predictionOf(row, simulator);
    return predicted === undefined ? [] : { measured: row.measuredMs, predicted };
  });

function ourErrors(group: Group, rows: readonly LabelledRow[], uniform: () => number): ErrorGroup {
  const pairs = pairsOf(rows, OURS);
  const sizes = rows.map((row) => Math.abs(row.errorPct));
  const interval = bootstrapInterval(sizes, (sample) => median([...sample]), uniform);
  return {
    ...group,
    simulator: OURS,
    ...summariseErrors(pairs),
    ...(interval && { medianInterval: interval }),
  };
}

function peerErrors(group: Group, rows: readonly LabelledRow[], simulator: string): ErrorGroup {
  const shared = rows.filter((row) => row.peersMs[simulator] !== undefined);
  const { medianApePct, mapePct } = summariseErrors(pairsOf(shared, OURS));
  return {
    ...group,
    simulator,
    ...summariseErrors(pairsOf(shared, simulator)),
    oursOnSameRows: { medianApePct, mapePct },
  };
}

function groupErrors(
  scope: RowScope,
  by: GroupKind,
  rows: readonly LabelledRow[],
  uniform: () => number,
): ErrorGroup[] {
  const groups = [...new Set(rows.map((row) => row.labels[by]))].toSorted();
  return groups.flatMap((group) =>
    METRIC_NAMES.flatMap((metric) => {
      const members = rows.filter((row) => row.labels[by] === group && row.metric === metric);
      if (members.length === 0) return [];
      const head = { scope, by, group, metric };
      const peers = [...new Set(members.flatMap((row) => Object.keys(row.peersMs)))].toSorted();
      return [
        ourErrors(head, members, uniform),
        ...peers.map((simulator) => peerErrors(head, members, simulator)),
      ];
    }),
  );
}

/**
 * Errors by split, model, GPU and workload over whole runs, by split over single stages, and by side of the knee over both; ours first, then each peer
 * on the rows it predicted.
 * @param uniform seeded source for the bootstrap
 */
export function errorGroups(rows: readonly LabelledRow[], uniform: () => number): ErrorGroup[] {
  const runs = rows.filter((row) => row.stage === 'all');
  const stages = rows.filter((row) => row.stage !== 'all');
  return [
    ...GROUP_KINDS.flatMap((by) => groupErrors('runs', by, runs, uniform)),
    ...groupErrors('stages', 'split', stages, uniform),
    ...groupErrors('runs', 'saturation', runs, uniform),
    ...groupErrors('stages', 'saturation', stages, uniform),
  ];
}
