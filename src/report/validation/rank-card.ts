import type { RankGroup, RankScope, ValidationResult } from '../../validate/validation-result.js';
import { OURS } from '../../validate/validation-result.js';
import { heading, left, paragraph, right, table, type Block, type Column } from '../document.js';
import { metricTitle, MISSING, pct, ratio, share } from '../format.js';
import { MEAN_METRICS } from './group-tables.js';

const COLUMNS: readonly Column[] = [
  left('metric'),
  left('simulator'),
  right('n'),
  right('pairs scored'),
  right('too close'),
  right('ties'),
  right('right order'),
  right('Kendall τ-b'),
  right('90 % interval'),
  right('Spearman ρ'),
  right('top-1 regret %'),
];

function cells(entry: RankGroup): string[] {
  const { pairs, kendallInterval: interval } = entry;
  return [
    String(entry.n),
    String(pairs.scored),
    String(pairs.inDeadBand),
    String(pairs.ties),
    pairs.accuracyRatio === undefined ? MISSING : `${pct(100 * pairs.accuracyRatio)} %`,
    ratio(entry.kendallTauB),
    interval === undefined ? MISSING : `${ratio(interval.low)} … ${ratio(interval.high)}`,
    ratio(entry.spearmanRho),
    pct(entry.top1RegretPct),
  ];
}

function scopeTable(result: ValidationResult, scope: RankScope): Block[] {
  const rows = MEAN_METRICS.flatMap((metric) =>
    result.ranks
      .filter((entry) => entry.scope === scope && entry.metric === metric)
      .map((entry) => [metricTitle(metric), entry.simulator, ...cells(entry)]),
  );
  return table(COLUMNS, rows);
}

/** Ours inside each (model, GPU) group, for mean E2E. */
function groupTable(result: ValidationResult): Block[] {
  const rows = result.ranks
    .filter((entry) => entry.scope === 'model-gpu' && entry.simulator === OURS && entry.metric === 'e2eMeanMs')
    .map((entry) => [entry.group, ...cells(entry)]);
  return table([left('E2E mean inside'), ...COLUMNS.slice(2)], rows);
}

/** Does the prediction put runs in the measured order? Over all runs, and among those of one model on one GPU. */
export const rankCard = (result: ValidationResult): Block[] => [
  heading(2, 'Rank fidelity'),
  paragraph(
    `Can a choice between configurations be left to the prediction? Pairs of whole runs whose measured values differ by ` +
      `less than ${share(0.02)} are too close to score. Right order: share of scored pairs in the measured order, a tied ` +
      `prediction counting half. Top-1 regret: how much worse than the measured best the predicted best is.`,
  ),
  heading(3, 'All runs together'),
  ...scopeTable(result, 'all'),
  heading(3, 'Pairs of one model on one GPU'),
  ...scopeTable(result, 'inside'),
  ...groupTable(result),
];
