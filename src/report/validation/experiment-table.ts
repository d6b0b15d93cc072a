import type { MetricName, StageKey } from '../../trace/metrics.js';
import type { ExperimentResult, StageVerdict, ValidationResult, ValidationRow } from '../../validate/validation-result.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { count, ms, pct, share, signedPct } from '../format.js';

type RowLookup = (experiment: string, stage: StageKey, metric: MetricName) => ValidationRow | undefined;

/** Finds the row of a figure. */
export function rowLookup(rows: readonly ValidationRow[]): RowLookup {
  const byKey = new Map(rows.map((row) => [JSON.stringify([row.experiment, row.stage, row.metric]), row]));
  return (experiment, stage, metric) => byKey.get(JSON.stringify([experiment, stage, metric]));
}

/** The last part of a Hugging Face id: the organisation is the same for all runs of a model. */
export const shortModel = (model: string): string => model.slice(model.lastIndexOf('/') + 1);

/** `3701.0 (3588.0 … 3818.0)`: the prediction and its 90 % interval, where there is one. */
const predicted = (row: ValidationRow | undefined): string =>
  row?.interval === undefined
    ? ms(row?.predictedMs)
    : `${ms(row.predictedMs)} (${ms(row.interval.low)} … ${ms(row.interval.high)})`;

/** `near, 86 %`: the side of the knee, and the load as a share of it. */
export const kneePlace = ({ verdict, kneeLoadRatio }: Pick<StageVerdict, 'verdict' | 'kneeLoadRatio'>): string =>
  kneeLoadRatio === undefined ? verdict : `${verdict}, ${share(kneeLoadRatio)}`;

function experimentRow(entry: ExperimentResult, find: RowLookup): string[] {
  const figure = (metric: MetricName): ValidationRow | undefined => find(entry.experiment, 'all', metric);
  const e2e = figure('e2eMeanMs');
  const whole = entry.stages.find((stage) => stage.stage === 'all');
  return [
    entry.experiment,
    entry.split,
    `${shortModel(entry.model)}, ${entry.gpu} x${entry.tensorParallelSize}`,
    entry.workload,
    ms(e2e?.measuredMs),
    predicted(e2e),
    signedPct(e2e?.errorPct),
    signedPct(figure('itlMeanMs')?.errorPct),
    signedPct(figure('ttftMeanMs')?.errorPct),
    signedPct(figure('ttftP90Ms')?.errorPct),
    signedPct(figure('ttftP99Ms')?.errorPct),
    pct(e2e?.seedSpreadPct),
    whole === undefined ? '' : kneePlace(whole),
    share(entry.prefixHitRatio),
    count(entry.preemptions),
  ];
}

/** One line per replayed experiment: measured and predicted E2E, signed errors, and what the simulation saw. */
export function experimentTable(result: ValidationResult): Block[] {
  const find = rowLookup(result.rows);
  const columns = [
    left('run'),
    left('split'),
    left('served'),
    left('workload'),
    right('E2E ms'),
    right('predicted (90 % interval)'),
    right('E2E %'),
    right('ITL %'),
    right('TTFT %'),
    right('p90'),
    right('p99'),
    right('seeds'),
    left('knee'),
    right('hits'),
    right('preempted'),
  ];
  return [
    heading(2, 'Every run'),
    paragraph(
      'Whole runs; signed errors, + = predicted too slow; p90 and p99 are of TTFT. Seeds: spread of the predicted E2E over the seeds, in %. Knee: the load of the ' +
        'busiest stage as a share of the rate from which on queues grow. Hits: prompt tokens found in the prefix cache.',
    ),
    ...table(
      columns,
      result.experiments.map((entry) => experimentRow(entry, find)),
    ),
  ];
}
