import { summariseErrors, type ErrorSummary } from '../stats/relative-error.js';
import { METRIC_NAMES, type MetricName } from '../trace/metrics.js';
import type { PairedFigure } from './paired-figures.js';
import { worseningVerdict, type FidelityGroupKind, type FidelityRow } from './verdict.js';

/** A paired figure with what noise it carries, in % of the figure. */
export interface NoisyFigure extends PairedFigure {
  /** Standard deviation of a repeat of the measurement. */
  readonly replicateNoisePct: number;
  /** Standard error of the change that other seeds alone would explain; 0 with the same seeds. */
  readonly seedNoisePct: number;
}

/** A change is believed from this many standard errors on: about 1 in 700 would go beyond by chance. */
export const BELIEVED_SD = 3;

type GroupOf = (figure: NoisyFigure) => string;

const GROUPS: readonly (readonly [FidelityGroupKind, GroupOf])[] = [
  ['all', () => 'all runs'],
  ['split', (figure) => figure.experiment.split],
  ['gpu', (figure) => figure.experiment.gpu],
  ['model', (figure) => figure.experiment.model],
  ['workload', (figure) => figure.experiment.workload],
  ['experiment', (figure) => figure.experiment.experiment],
];

const MEASURES: readonly (readonly ['mape' | 'bias', (errors: ErrorSummary) => number])[] = [
  ['mape', (errors) => errors.mapePct],
  ['bias', (errors) => Math.abs(errors.mpePct)],
];

/** What noise explains of a change of the group's mean error, in percentage points: n figures of independent noise. */
function noiseOfMean(figures: readonly NoisyFigure[]): number {
  const variance = figures.reduce(
    (sum, { replicateNoisePct, seedNoisePct }) => sum + replicateNoisePct ** 2 + seedNoisePct ** 2,
    0,
  );
  return (BELIEVED_SD * Math.sqrt(variance)) / figures.length;
}

const errorsOf = (figures: readonly NoisyFigure[], side: 'baseline' | 'now'): ErrorSummary =>
  summariseErrors(
    figures.map((figure) => ({ measured: figure.measuredMs, predicted: figure[side].predictedMs })),
  );

function compareGroup(
  by: FidelityGroupKind,
  group: string,
  metric: MetricName,
  figures: readonly NoisyFigure[],
): FidelityRow[] {
  const [then, today] = [errorsOf(figures, 'baseline'), errorsOf(figures, 'now')];
  const noise = noiseOfMean(figures);
  return MEASURES.map(([measure, of]) => {
    const [baseline, now] = [of(then), of(today)];
    const worseBy = now - baseline;
    const verdict = worseningVerdict(worseBy, noise);
    return { by, group, metric, measure, n: figures.length, baseline, now, worseBy, noise, verdict };
  });
}

/**
 * Size and bias of the errors of every group of whole runs, each metric on its own: a TTFT that got worse is seen although
 * an ITL that got worse the other way keeps E2E right.
 */
export function errorFidelity(figures: readonly NoisyFigure[]): FidelityRow[] {
  return GROUPS.flatMap(([by, groupOf]) => {
    const names = [...new Set(figures.map(groupOf))].toSorted();
    return names.flatMap((group) =>
      METRIC_NAMES.flatMap((metric) => {
        const members = figures.filter((figure) => figure.metric === metric && groupOf(figure) === group);
        return members.length === 0 ? [] : compareGroup(by, group, metric, members);
      }),
    );
  });
}
