import type { AblationResult } from '../../fit/index.js';
import type { GroupErrors } from '../../fit/fit-result.js';
import type { MetricName } from '../../trace/metrics.js';
import { heading, left, paragraph, right, table, type ReportDocument } from '../document.js';
import { signedPct } from '../format.js';
import { medianAndMean } from '../validation/headline.js';

const METRICS = [
  ['e2eMeanMs', 'E2E'],
  ['ttftMeanMs', 'TTFT'],
] as const satisfies readonly (readonly [MetricName, string])[];

const errorsOf = (errors: readonly GroupErrors[], metric: MetricName): GroupErrors['errors'] | undefined =>
  errors.find(({ kind }) => kind === metric)?.errors;

/** Change of the mean error on unseen models against the first result, in percentage points. */
function changes(result: AblationResult, [whole]: readonly AblationResult[]): string[] {
  return METRICS.map(([metric]) => {
    const [own, first] = [result, whole].map((entry) => entry && errorsOf(entry.unseen, metric)?.mapePct);
    return signedPct(own === undefined || first === undefined ? undefined : own - first);
  });
}

/** What each part of the model is worth: errors with everything, then without one thing after the other. */
export const ablationReport = (suite: string, results: readonly AblationResult[]): ReportDocument => [
  heading(1, `What each part is worth: ablation on the train split of ${suite}`),
  paragraph(
    'Each line refits op-roofline without one thing. Fitted: errors on the runs it was fitted to. Unseen: each model ' +
      'predicted from a fit to the others. Cells are median / mean of the absolute error of whole runs, in %; change: of the ' +
      'mean on unseen models, in points. Below 0.3 points a change is noise of the runs.',
  ),
  ...table(
    [
      left('model'),
      ...METRICS.map(([, title]) => right(`${title}, fitted`)),
      ...METRICS.map(([, title]) => right(`${title}, unseen`)),
      ...METRICS.map(([, title]) => right(`${title} change`)),
    ],
    results.map((result) => [
      result.name,
      ...METRICS.map(([metric]) => medianAndMean(errorsOf(result.fitted, metric))),
      ...METRICS.map(([metric]) => medianAndMean(errorsOf(result.unseen, metric))),
      ...changes(result, results),
    ]),
  ),
];
