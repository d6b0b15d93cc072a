import { DEAD_BAND_RATIO } from '../../stats/pair-order.js';
import type { RankGroup, ValidationResult } from '../../validate/validation-result.js';
import { OURS } from '../../validate/validation-result.js';
import { heading, left, paragraph, right, table, type Block, type Column } from '../document.js';
import { metricTitle, MISSING, pct, ratio, share } from '../format.js';
import { MEAN_METRICS } from './group-tables.js';

const PAIR_COLUMNS: readonly Column[] = ['n', 'pairs scored', 'too close', 'ties', 'right order'].map(right);

const rightOrder = ({ pairs }: RankGroup): string =>
  pairs.accuracyRatio === undefined ? MISSING : `${pct(100 * pairs.accuracyRatio)} %`;

const pairCells = (entry: RankGroup): string[] => [
  String(entry.n),
  String(entry.pairs.scored),
  String(entry.pairs.inDeadBand),
  String(entry.pairs.ties),
  rightOrder(entry),
];

/** One line per metric and simulator of a scope. */
function scopeRows(
  result: ValidationResult,
  scope: 'all' | 'inside',
  cells: (entry: RankGroup) => string[],
): string[][] {
  return MEAN_METRICS.flatMap((metric) =>
    result.ranks
      .filter((entry) => entry.scope === scope && entry.metric === metric)
      .map((entry) => [metricTitle(metric), entry.simulator, ...cells(entry)]),
  );
}

function correlationCells({ kendallTauB, kendallInterval: interval, spearmanRho }: RankGroup): string[] {
  const range = interval === undefined ? MISSING : `${ratio(interval.low)} … ${ratio(interval.high)}`;
  return [ratio(kendallTauB), range, ratio(spearmanRho)];
}

/** Ours inside each (model, GPU) group: right order and what choosing by the prediction costs, per metric. */
function groupTable(result: ValidationResult): Block[] {
  const entries = result.ranks.filter((entry) => entry.scope === 'model-gpu' && entry.simulator === OURS);
  const groups = [...new Set(entries.map((entry) => entry.group))];
  const columns = MEAN_METRICS.flatMap((metric) => [
    right(`${metricTitle(metric)}: pairs`),
    right('right order'),
    right('regret %'),
  ]);
  const rows = groups.map((group) => [
    group,
    ...MEAN_METRICS.flatMap((metric) => {
      const entry = entries.find((candidate) => candidate.group === group && candidate.metric === metric);
      return entry === undefined
        ? [MISSING, MISSING, MISSING]
        : [String(entry.pairs.scored), rightOrder(entry), pct(entry.top1RegretPct)];
    }),
  ]);
  return table([left('trueline inside'), ...columns], rows);
}

/** Does the prediction put runs in the measured order? Over all runs, and among those of one model on one GPU. */
export const rankCard = (result: ValidationResult): Block[] => [
  heading(2, 'Rank fidelity'),
  paragraph(
    `Can a choice between configurations be left to the prediction? Pairs of whole runs whose measured values differ by ` +
      `less than ${share(DEAD_BAND_RATIO)} are too close to score. Right order: share of scored pairs in the measured ` +
      `order, a tied prediction counting half. Regret: how much worse than the measured best the predicted best is.`,
  ),
  heading(3, 'All runs together'),
  ...table(
    [left('metric'), left('simulator'), ...PAIR_COLUMNS, right('Kendall τ-b'), right('90 % interval'), right('Spearman ρ')],
    scopeRows(result, 'all', (entry) => [...pairCells(entry), ...correlationCells(entry)]),
  ),
  heading(3, 'Pairs of one model on one GPU'),
  ...table([left('metric'), left('simulator'), ...PAIR_COLUMNS], scopeRows(result, 'inside', pairCells)),
  ...groupTable(result),
];
