import type { CorrectedConfiguration, PairedErrors } from '../../fit/index.js';
import { heading, left, paragraph, right, table, type Block, type ReportDocument } from '../document.js';
import { count, metricTitle, pct, ratio } from '../format.js';
import { MEAN_METRICS } from '../validation/group-tables.js';
import { medianAndMean } from '../validation/headline.js';

const scale = (valueRatio: number, logSd: number): string =>
  `${ratio(valueRatio)} ± ${ratio(valueRatio * logSd)}`;

const titleOf = ({ correction: { scope } }: CorrectedConfiguration): string =>
  `${scope.model}, ${scope.gpu} x${scope.tensorParallelSize ?? 'any'}`;

const scaleTable = (configurations: readonly CorrectedConfiguration[]): Block[] =>
  table(
    [
      left('configuration'),
      left('engine'),
      right('experiments'),
      right('figures used'),
      right('dropped'),
      right('step times ×'),
      right('front end ×'),
    ],
    configurations.map((configuration) => {
      const { scope, experiments, sources, ...scales } = configuration.correction;
      return [
        titleOf(configuration),
        scope.engineVersion ?? 'any',
        count(experiments.length),
        count(sources[0]?.rowsUsed),
        count(sources[0]?.rowsDropped),
        scale(scales.stepScaleRatio, scales.stepScaleLogSd),
        scale(scales.frontScaleRatio, scales.frontScaleLogSd),
      ];
    }),
  );

function errorTable(
  configurations: readonly CorrectedConfiguration[],
  errorsOf: (configuration: CorrectedConfiguration) => readonly PairedErrors[],
): Block[] {
  const judged = configurations.filter((configuration) => errorsOf(configuration).length > 0);
  return table(
    [
      left('configuration'),
      right('runs'),
      ...MEAN_METRICS.flatMap((metric) => [right(`${metricTitle(metric)}, before`), right('after')]),
    ],
    judged.map((configuration) => {
      const errors = errorsOf(configuration);
      return [
        titleOf(configuration),
        count(errors[0]?.n),
        ...MEAN_METRICS.flatMap((metric) => {
          const found = errors.find((each) => each.metric === metric);
          return [medianAndMean(found?.general), medianAndMean(found?.corrected)];
        }),
      ];
    }),
  );
}

/** Corrections, and what they make of the runs they were learnt from and of those held out. */
export function correctionReport(
  set: string,
  configurations: readonly CorrectedConfiguration[],
): ReportDocument {
  const prior = configurations[0]!.correction.prior;
  const anyHeldOut = configurations.some(({ heldOut }) => heldOut.length > 0);
  return [
    heading(1, `Corrections of ${set}`),
    paragraph(
      `One factor for all step times and one for the front end of each configuration, shrunk towards 1: before any experiment they are ` +
        `believed to be 1 ± ${pct(100 * prior.stepLogSd)} % and 1 ± ${pct(100 * prior.frontLogSd)} %. Other configurations are predicted as before.`,
    ),
    ...(prior.stepLogSd > 0
      ? []
      : [
          paragraph(
            'Step times are not corrected: where the set was fitted, one load of a configuration said nothing of its others. If you have ' +
              'reason to believe that yours are off together, say by how much: `--prior-sd stepScale=0.05`.',
            'note',
          ),
        ]),
    ...scaleTable(configurations),
    heading(2, 'Errors on what they were learnt from'),
    paragraph(
      'Median / mean of the absolute error of whole runs, in %, to first order: `trueline validate` replays the corrected set. These say how ' +
        'well two factors can describe the runs, not how well they predict.',
    ),
    ...errorTable(configurations, ({ fitted }) => fitted),
    ...(anyHeldOut
      ? [heading(2, 'Errors on what was held out'), ...errorTable(configurations, ({ heldOut }) => heldOut)]
      : []),
  ];
}
