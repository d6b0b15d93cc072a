import { standardDeviation } from 'simple-statistics';
import { randomStream } from '../random.js';
import { kendallTauB } from '../stats/kendall.js';
import { mergePairOrders, pairOrder } from '../stats/pair-order.js';
import { METRIC_NAMES, type MetricName } from '../trace/metrics.js';
import { BELIEVED_SD, type NoisyFigure } from './fidelity.js';
import { worseningVerdict, type FidelityRow } from './verdict.js';

/** Draws of measurement and seed noise: the noise is then known to about 5 % of itself. */
const DRAWS = 200;

/** Measured and predicted figures of one side, index-aligned. */
interface Ordered {
  readonly measured: readonly number[];
  readonly predicted: readonly number[];
}

/** A rank measure, undefined where there is nothing to order; `figures` say which runs the columns belong to. */
type RankMeasure = (columns: Ordered, figures: readonly NoisyFigure[]) => number | undefined;

const tauB: RankMeasure = ({ measured, predicted }) => kendallTauB(measured, predicted);

/** Share of separable pairs inside (model, GPU) groups that are in order. */
const pairsInside: RankMeasure = ({ measured, predicted }, figures) => {
  const groups = new Map<string, number[]>();
  figures.forEach(({ experiment }, i) => {
    const key = JSON.stringify([experiment.model, experiment.gpu]);
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  const orders = [...groups.values()].map((rows) =>
    pairOrder(
      rows.map((i) => measured[i]!),
      rows.map((i) => predicted[i]!),
    ),
  );
  return mergePairOrders(orders).accuracyRatio;
};

const side = (figures: readonly NoisyFigure[], which: 'baseline' | 'now'): Ordered => ({
  measured: figures.map((figure) => figure.measuredMs),
  predicted: figures.map((figure) => figure[which].predictedMs),
});

/** How much the measure moves between two repeats of measurement and simulation that differ by noise alone. */
function noiseOf(measure: RankMeasure, figures: readonly NoisyFigure[], normal: () => number): number {
  const moves: number[] = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    const shaken = figures.map(({ measuredMs, now, replicateNoisePct, seedNoisePct }) => ({
      measured: measuredMs * (1 + (normal() * replicateNoisePct) / 100),
      predicted: now.predictedMs * (1 + (normal() * seedNoisePct) / 100),
    }));
    const value = measure(
      { measured: shaken.map((run) => run.measured), predicted: shaken.map((run) => run.predicted) },
      figures,
    );
    if (value !== undefined) moves.push(value);
  }
  return moves.length < 2 ? 0 : BELIEVED_SD * standardDeviation(moves);
}

function compareRanks(
  head: Pick<FidelityRow, 'by' | 'group' | 'metric'> & { readonly measure: 'kendall' | 'pairs' },
  figures: readonly NoisyFigure[],
  normal: () => number,
): FidelityRow[] {
  const measure = head.measure === 'kendall' ? tauB : pairsInside;
  const baseline = measure(side(figures, 'baseline'), figures);
  const now = measure(side(figures, 'now'), figures);
  if (baseline === undefined || now === undefined) return [];
  const worseBy = baseline - now;
  const noise = worseBy > 0 ? noiseOf(measure, figures, normal) : 0;
  const verdict = worseningVerdict(worseBy, noise);
  return [{ ...head, n: figures.length, baseline, now, worseBy, noise, verdict }];
}

function metricRanks(
  metric: MetricName,
  figures: readonly NoisyFigure[],
  normal: () => number,
): FidelityRow[] {
  const members = figures.filter((figure) => figure.metric === metric);
  const splits = [...new Set(members.map((figure) => figure.experiment.split))].toSorted();
  return [
    ...compareRanks({ by: 'all', group: 'all runs', metric, measure: 'kendall' }, members, normal),
    ...splits.flatMap((group) =>
      compareRanks(
        { by: 'split', group, metric, measure: 'kendall' },
        members.filter((figure) => figure.experiment.split === group),
        normal,
      ),
    ),
    ...compareRanks({ by: 'all', group: 'all runs', metric, measure: 'pairs' }, members, normal),
  ];
}

/** τ-b over all runs and each split, and the order inside (model, GPU) groups, each metric on its own. */
export function rankFidelity(figures: readonly NoisyFigure[]): FidelityRow[] {
  const { normal } = randomStream(0, 'gate rank noise');
  return METRIC_NAMES.flatMap((metric) => metricRanks(metric, figures, normal(0, 1)));
}
