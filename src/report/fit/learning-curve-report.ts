import type { LearningCurvePoint, LearningCurves } from '../../fit/index.js';
import type { MetricName } from '../../trace/metrics.js';
import { heading, paragraph, right, table, type Block, type ReportDocument } from '../document.js';
import { count, metricTitle, pct } from '../format.js';
import { MEAN_METRICS } from '../validation/group-tables.js';
import { medianAndMean } from '../validation/headline.js';

const columns = [
  right('experiments'),
  right('configurations'),
  right('predicted'),
  ...MEAN_METRICS.flatMap((metric) => [
    right(`${metricTitle(metric)}, general`),
    right('corrected'),
    right('worse'),
  ]),
];

function cells({ errors }: LearningCurvePoint, metric: MetricName): string[] {
  const found = errors.find((each) => each.metric === metric);
  return [medianAndMean(found?.general), medianAndMean(found?.corrected), count(found?.worsened)];
}

const curveTable = (points: readonly LearningCurvePoint[]): Block[] =>
  table(
    columns,
    points.map((point) => [
      count(point.experiments),
      count(point.configurations),
      count(point.heldOut),
      ...MEAN_METRICS.flatMap((metric) => cells(point, metric)),
    ]),
  );

/** What experiments of a configuration buy on its other loads, for both splits. */
export const learningCurveReport = (
  suite: string,
  { prior, train, test }: LearningCurves,
): ReportDocument => [
  heading(1, `What experiments of a configuration buy: corrections on ${suite}`),
  paragraph(
    'A correction scales all step times and the front end of one configuration (model, GPU, tensor parallelism, engine version). It is learnt ' +
      'from so many experiments of the configuration and predicts its experiments with other loads, over every such choice. General: ' +
      'the same experiments without it. Cells are median / mean of the absolute error of whole runs, in %; worse: experiments ' +
      'that the corrections predict worse, on average over the choices. A line compares within itself: the more experiments a correction ' +
      'needs, the fewer configurations have them. To first order: by the sensitivities of replays with faster and slower steps.',
  ),
  paragraph(
    `Prior of corrections: step times ± ${pct(100 * prior.stepLogSd)} %, front end ± ${pct(100 * prior.frontLogSd)} %, chosen on the train ` +
      'table (of a grid, the one that predicts other loads best), which is a little too good for that.',
  ),
  ...(prior.stepLogSd > 0
    ? []
    : [
        paragraph(
          'Step times are not corrected: in train, how far one load of a configuration is off says nothing of its other loads.',
        ),
      ]),
  heading(2, 'Train split: models the general fit has not seen, left out in turn'),
  ...curveTable(train),
  ...testTable(test),
];

const testTable = (test: readonly LearningCurvePoint[]): Block[] =>
  test.length === 0
    ? []
    : [
        heading(2, 'Test split: the general fit to train'),
        paragraph('Nothing was chosen on this table.'),
        ...curveTable(test),
      ];
