import type { MetricName } from '../../trace/metrics.js';
import { labelRows, type LabelledRow } from '../../validate/labelled-rows.js';
import type { ValidationResult } from '../../validate/validation-result.js';
import { heading, list, paragraph, type Block } from '../document.js';
import { metricTitle, ms, signedPct, stageTitle } from '../format.js';
import { shortModel } from './experiment-table.js';

/** From this |error| on, a whole run's figure is called bad. Means of a repeated run differ by 1 % (E2E) to 4 % (TTFT). */
const BAD_PCT: readonly (readonly [MetricName, number])[] = [
  ['e2eMeanMs', 5],
  ['itlMeanMs', 5],
  ['ttftMeanMs', 10],
  ['e2eP99Ms', 10],
  ['ttftP99Ms', 25],
];
/** Runs named per metric; the rest is in the table of every run. */
const NAMED_RUNS = 5;

const inSplit = (rows: readonly LabelledRow[], split: string): number =>
  rows.filter((row) => row.labels.split === split).length;

/** `3 of 24 test runs and 0 of 15 train runs`. */
function countsBySplit(rows: readonly LabelledRow[], bad: readonly LabelledRow[]): string {
  const splits = [...new Set(rows.map((row) => row.labels.split))].toSorted();
  return splits.map((split) => `${inSplit(bad, split)} of ${inSplit(rows, split)} ${split} runs`).join(' and ');
}

const named = ({ experiment, labels, errorPct }: LabelledRow): string =>
  `${experiment} (${shortModel(labels.model)} ${labels.workload}, ${labels.gpu}) ${signedPct(errorPct)} %`;

function badRuns(labelled: readonly LabelledRow[], metric: MetricName, limitPct: number): string[] {
  const rows = labelled.filter((row) => row.stage === 'all' && row.metric === metric);
  const bad = rows
    .filter((row) => Math.abs(row.errorPct) > limitPct)
    .toSorted((a, b) => Math.abs(b.errorPct) - Math.abs(a.errorPct));
  if (bad.length === 0) return [];
  const more = bad.length > NAMED_RUNS ? `; and ${bad.length - NAMED_RUNS} more` : '';
  return [
    `${metricTitle(metric)} is off by more than ${limitPct} % in ${countsBySplit(rows, bad)}: ` +
      bad.slice(0, NAMED_RUNS).map(named).join('; ') +
      more,
  ];
}

function saturated(result: ValidationResult): string[] {
  const stages = result.experiments.flatMap((entry) =>
    entry.stages
      .filter((stage) => stage.stage !== 'all' && stage.verdict !== 'below')
      .map((stage) => `${entry.experiment} ${stageTitle(stage.stage)} (${stage.verdict})`),
  );
  return stages.length === 0
    ? []
    : [`At or above the knee in simulation, where errors are amplified: ${stages.join(', ')}`];
}

function cancelling(result: ValidationResult): string[] {
  return result.cancelling.map(
    (row) =>
      `Run ${row.experiment}, ${stageTitle(row.stage)}: E2E (${signedPct(row.e2eErrorPct)} %) is right only because errors ` +
      `cancel: TTFT ${ms(row.ttftErrorMs)} ms, decode ${ms(row.decodeErrorMs)} ms`,
  );
}

const notSimulated = (result: ValidationResult): string[] =>
  result.notSimulated.map(
    (entry) =>
      `Run ${entry.experiment} (${entry.split}), ${stageTitle(entry.stage)} was not simulated: ${entry.reason} [${entry.code}]`,
  );

/** What does badly, said plainly: failures, large errors, saturation, errors that cancel. */
export function weakSpots(result: ValidationResult): Block[] {
  const labelled = labelRows(result.rows, result.experiments);
  const items = [
    ...notSimulated(result),
    ...BAD_PCT.flatMap(([metric, limitPct]) => badRuns(labelled, metric, limitPct)),
    ...saturated(result),
    ...cancelling(result),
  ];
  return [
    heading(2, 'What does badly'),
    items.length === 0
      ? paragraph('Nothing crossed the limits of this section.', 'good')
      : list(items, 'bad'),
    ...(result.cancelling.length > 0
      ? []
      : [
          paragraph(
            'No E2E of a run or stage is right only because errors of TTFT and decode cancel (one of them at least 2 % of E2E, and ' +
              'more than half of it gone in the sum).',
          ),
        ]),
  ];
}
