import { bootstrapInterval } from '../stats/bootstrap.js';
import { kendallTauB } from '../stats/kendall.js';
import { mergePairOrders, pairOrder } from '../stats/pair-order.js';
import { spearmanRho } from '../stats/spearman.js';
import { topKRegretPct } from '../stats/top-k-regret.js';
import { METRIC_NAMES, type MetricName } from '../trace/metrics.js';
import { predictionOf, type LabelledRow } from './labelled-rows.js';
import { OURS, type RankGroup, type RankScope } from './validation-result.js';

/** A run to be put in order: what it measured and what was predicted for it. */
interface Run {
  readonly measured: number;
  readonly predicted: number;
}

type Head = Pick<RankGroup, 'scope' | 'group' | 'metric' | 'simulator'>;

const tauOf = (runs: readonly Run[]): number | undefined =>
  kendallTauB(
    runs.map((run) => run.measured),
    runs.map((run) => run.predicted),
  );

function rankRuns(head: Head, runs: readonly Run[], uniform: () => number): RankGroup {
  const measured = runs.map((run) => run.measured);
  const predicted = runs.map((run) => run.predicted);
  const tau = tauOf(runs);
  const rho = spearmanRho(measured, predicted);
  const oneModel = head.scope === 'model-gpu';
  const interval = head.scope === 'all' ? bootstrapInterval(runs, tauOf, uniform) : undefined;
  return {
    ...head,
    n: runs.length,
    pairs: pairOrder(measured, predicted),
    ...(tau !== undefined && { kendallTauB: tau }),
    ...(interval && { kendallInterval: interval }),
    ...(rho !== undefined && { spearmanRho: rho }),
    ...(oneModel && {
      top1RegretPct: topKRegretPct(measured, predicted, 1),
      top3RegretPct: topKRegretPct(measured, predicted, 3),
    }),
  };
}

/** Runs of each group of a scope that one simulator predicted; groups of a single run have no order. */
function groupRuns(
  rows: readonly LabelledRow[],
  simulator: string,
  groupOf: (row: LabelledRow) => string,
): Map<string, Run[]> {
  const groups = new Map<string, Run[]>();
  for (const row of rows) {
    const predicted = predictionOf(row, simulator);
    if (predicted === undefined) continue;
    const runs = groups.get(groupOf(row)) ?? [];
    runs.push({ measured: row.measuredMs, predicted });
    groups.set(groupOf(row), runs);
  }
  return new Map([...groups].filter(([, runs]) => runs.length > 1).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const GROUP_OF: Readonly<Record<Exclude<RankScope, 'inside'>, (row: LabelledRow) => string>> = {
  all: () => 'all runs',
  split: (row) => row.labels.split,
  'model-gpu': (row) => `${row.labels.model} on ${row.labels.gpu}`,
};

/** Pools the pairs inside groups: how well configurations of one model on one GPU are told apart. */
function pooled(metric: MetricName, simulator: string, groups: readonly RankGroup[]): RankGroup[] {
  if (groups.length === 0) return [];
  return [
    {
      scope: 'inside',
      group: 'inside every (model, GPU)',
      metric,
      simulator,
      n: groups.reduce((sum, group) => sum + group.n, 0),
      pairs: mergePairOrders(groups.map((group) => group.pairs)),
    },
  ];
}

function rankMetric(
  rows: readonly LabelledRow[],
  metric: MetricName,
  simulator: string,
  uniform: () => number,
): RankGroup[] {
  const scored = (scope: Exclude<RankScope, 'inside'>): RankGroup[] =>
    [...groupRuns(rows, simulator, GROUP_OF[scope])].map(([group, runs]) =>
      rankRuns({ scope, group, metric, simulator }, runs, uniform),
    );
  const inside = scored('model-gpu');
  return [...scored('all'), ...scored('split'), ...pooled(metric, simulator, inside), ...inside];
}

/**
 * Rank fidelity of whole runs by metric and simulator: over all of them, by split, inside each (model, GPU) group, and
 * pooled over those groups.
 * @param uniform seeded source for the bootstrap
 */
export function rankGroups(rows: readonly LabelledRow[], uniform: () => number): RankGroup[] {
  const runs = rows.filter((row) => row.stage === 'all');
  const peers = [...new Set(runs.flatMap((row) => Object.keys(row.peersMs)))].toSorted();
  return METRIC_NAMES.flatMap((metric) => {
    const members = runs.filter((row) => row.metric === metric);
    return [OURS, ...peers].flatMap((simulator) => rankMetric(members, metric, simulator, uniform));
  });
}
