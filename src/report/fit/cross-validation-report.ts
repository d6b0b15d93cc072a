import { ALL_GROUPS, type CrossValidation, type LeaveOutKey } from '../../fit/index.js';
import type { GroupErrors } from '../../fit/fit-result.js';
import type { Experiment } from '../../trace/experiment.js';
import type { MetricName } from '../../trace/metrics.js';
import { heading, left, paragraph, right, table, type Block, type ReportDocument } from '../document.js';
import { count, metricTitle, signedPct } from '../format.js';
import { MEAN_METRICS } from '../validation/group-tables.js';
import { medianAndMean } from '../validation/headline.js';

const KEY_TITLES: Readonly<Record<LeaveOutKey, string>> = {
  model: 'model',
  gpu: 'GPU',
  workload: 'workload',
};

const find = (errors: readonly GroupErrors[], group: string, kind: MetricName): GroupErrors | undefined =>
  errors.find((entry) => entry.group === group && entry.kind === kind);

function errorCells(errors: readonly GroupErrors[]): string[] {
  const found = MEAN_METRICS.map((metric) => find(errors, ALL_GROUPS, metric)?.errors);
  return [count(found[0]?.n), ...found.map(medianAndMean)];
}

const errorColumns = [right('runs'), ...MEAN_METRICS.map((metric) => right(`${metricTitle(metric)} %`))];

const summary = (results: readonly CrossValidation[]): Block[] =>
  table(
    [left('left out, one at a time'), right('folds'), ...errorColumns],
    results.map(({ leftOut, folds, errors }) => [
      KEY_TITLES[leftOut],
      count(folds.length),
      ...errorCells(errors),
    ]),
  );

const foldTable = ({ leftOut, folds }: CrossValidation): Block[] =>
  table(
    [left(`${KEY_TITLES[leftOut]} left out`), ...errorColumns],
    folds.map(({ group, errors }) => [group, ...errorCells(errors)]),
  );

/** One line per run: its signed E2E and TTFT errors under each fit that did not see it. */
function runTable(results: readonly CrossValidation[], experiments: readonly Experiment[]): Block[] {
  const metrics = ['e2eMeanMs', 'ttftMeanMs'] as const;
  const columns = results.flatMap(({ leftOut }) =>
    metrics.map((metric) => right(`${metricTitle(metric)} %, no ${KEY_TITLES[leftOut]}`)),
  );
  return table(
    [left('run'), left('split'), left('model'), left('GPU'), left('workload'), ...columns],
    experiments.map(({ id, split, model, gpu, workloadName }) => [
      id,
      split,
      model.slice(model.lastIndexOf('/') + 1),
      gpu,
      workloadName,
      ...results.flatMap(({ errors }) =>
        metrics.map((metric) => signedPct(find(errors, id, metric)?.errors.mpePct)),
      ),
    ]),
  );
}

const NOTES = {
  train:
    'The train split alone. Terms and the weight of the priors were chosen on leaving one model out of it.',
  all: 'Train and test experiments together: more models, GPUs and loads to leave out. Nothing was chosen on this table.',
} as const;

/** Cross-validations of one suite as a document: the summary, every fold, every run. */
export const crossValidationReport = (
  suite: string,
  over: 'train' | 'all',
  results: readonly CrossValidation[],
  experiments: readonly Experiment[],
): ReportDocument => [
  heading(1, `What it has not seen: ${over === 'train' ? 'train split' : 'all experiments'} of ${suite}`),
  paragraph(
    'Each group in turn is predicted from coefficients fitted to the others; operator times come from kernel sweeps and ' +
      `stay. Cells are median / mean of the absolute error, in %. ${NOTES[over]}`,
  ),
  ...summary(results),
  ...results.flatMap(foldTable),
  heading(2, 'Every run'),
  paragraph(
    'Signed errors, + = predicted too slow; each under the fit that did not see its model, GPU or workload.',
  ),
  ...runTable(results, experiments),
];
