import { mean } from 'simple-statistics';
import type { RecordedExperiment, ReplayRecord } from '../../record/index.js';
import type { MetricName } from '../../trace/metrics.js';
import { heading, left, list, paragraph, right, table, type ReportDocument } from '../document.js';
import { metricTitle, ms } from '../format.js';
import { renderTerminal, type TerminalOptions } from '../render-terminal.js';

const METRICS = [
  'ttftMeanMs',
  'ttftP99Ms',
  'itlMeanMs',
  'e2eMeanMs',
  'e2eP99Ms',
] as const satisfies readonly MetricName[];

/** Mean over the replays of a metric of the whole run; undefined where a replay lacks it. */
function predicted({ outcomes }: RecordedExperiment, metric: MetricName): number | undefined {
  const values = outcomes.map((outcome) =>
    outcome.ok
      ? outcome.result.stages.find((entry) => entry.stage === 'all')?.group.metrics[metric]
      : undefined,
  );
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 || known.length < values.length ? undefined : mean(known);
}

function refusals({ experiments }: ReplayRecord): string[] {
  return experiments.flatMap(({ experiment, refusal, outcomes }) => {
    const failed = outcomes.find((outcome) => !outcome.ok);
    const why = refusal ?? (failed?.ok === false ? failed.refusal : undefined);
    return why === undefined ? [] : `${experiment}: ${why.reason} [${why.code}]`;
  });
}

const predictionsReport = (
  record: ReplayRecord,
  frozen?: { readonly file: string; readonly sha256: string },
): ReportDocument => {
  const refused = refusals(record);
  return [
    heading(1, `Predictions for ${record.suite}`),
    paragraph(
      `Whole runs, mean of ${record.seeds.length} ${record.seeds.length === 1 ? 'replay' : 'replays'}, in ms; coefficients ${record.coefficientSet}.`,
    ),
    ...table(
      [left('experiment'), ...METRICS.map((metric) => right(metricTitle(metric)))],
      record.experiments.map((entry) => [
        entry.experiment,
        ...METRICS.map((metric) => ms(predicted(entry, metric))),
      ]),
    ),
    ...(refused.length === 0 ? [] : [paragraph('Not predicted:', 'bad'), list(refused, 'bad')]),
    ...(frozen === undefined
      ? []
      : [
          paragraph(
            `Frozen in ${frozen.file}. Publish its SHA-256 before the measurements are made: ${frozen.sha256}`,
            'good',
          ),
        ]),
  ];
};

/** Predictions for a terminal; no line break at the end. @param frozen where they were written, and their hash */
export const renderPredictions = (
  record: ReplayRecord,
  options: TerminalOptions,
  frozen?: { readonly file: string; readonly sha256: string },
): string => renderTerminal(predictionsReport(record, frozen), options);
