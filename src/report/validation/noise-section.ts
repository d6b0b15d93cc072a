import type { ReplicateGroup } from '../../validate/replicates.js';
import type { DiscordantPair, ValidationResult } from '../../validate/validation-result.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { count, metricTitle, pct, ratio, signedPct } from '../format.js';

function replicateTable(result: ValidationResult): Block[] {
  const errorOf = (experiment: string, metric: string): string =>
    signedPct(
      result.rows.find(
        (row) => row.experiment === experiment && row.stage === 'all' && row.metric === metric,
      )?.errorPct,
    );
  const rows = result.replicates.flatMap(({ experiments, differingSettings, noise }: ReplicateGroup) =>
    noise.map(({ metric, n, cvPct, spreadPct }) => [
      experiments.join(', '),
      differingSettings.length === 0 ? 'nothing' : differingSettings.join(', '),
      metricTitle(metric),
      count(n),
      pct(cvPct),
      pct(spreadPct),
      experiments.map((experiment) => errorOf(experiment, metric)).join(', '),
    ]),
  );
  return table(
    [
      left('runs'),
      left('settings that differ'),
      left('metric'),
      right('n'),
      right('CV %'),
      right('spread %'),
      right('our errors %'),
    ],
    rows,
  );
}

const ceilingTable = (result: ValidationResult): Block[] =>
  table(
    [
      left('split'),
      left('metric'),
      right('n'),
      right('CV of a repeat %'),
      right('τ-b of a perfect predictor'),
      right('5th percentile'),
      right('our τ-b'),
    ],
    result.rankCeilings.map(({ split, metric, n, cvPct, meanTauB, lowTauB }) => [
      split,
      metricTitle(metric),
      count(n),
      pct(cvPct),
      ratio(meanTauB),
      ratio(lowTauB),
      ratio(
        result.ranks.find(
          (group) =>
            group.scope === 'split' &&
            group.group === split &&
            group.metric === metric &&
            group.simulator === 'trueline',
        )?.kendallTauB,
      ),
    ]),
  );

const pairTable = (pairs: readonly DiscordantPair[]): Block[] =>
  table(
    [
      left('split'),
      left('metric'),
      left('measured smaller'),
      left('measured larger'),
      right('measured gap %'),
      right('predicted gap %'),
      right('gap ÷ noise'),
    ],
    pairs.map(({ split, metric, experiments, measuredGapPct, predictedGapPct, gapInNoise }) => [
      split,
      metricTitle(metric),
      ...experiments,
      pct(measuredGapPct),
      signedPct(predictedGapPct),
      pct(gapInNoise),
    ]),
  );

/** How far repeats of one run differ, what that does to any order, and the pairs we put in the wrong one. */
export function noiseSection(result: ValidationResult): Block[] {
  const { replicates, discordantPairs } = result;
  if (replicates.length === 0 && discordantPairs.length === 0) return [];
  return [
    heading(2, 'Noise of the measurement'),
    paragraph(
      'Runs of one model, GPU, parallelism and load, measured more than once. CV: standard deviation ÷ mean; spread: (largest − ' +
        'smallest) ÷ mean. An error below these is not an error that can be seen.',
    ),
    ...replicateTable(result),
    ...(result.rankCeilings.length === 0
      ? []
      : [
          heading(3, 'What noise does to the order'),
          paragraph(
            'τ-b of a predictor that knows the true mean of every configuration, against measurements with the noise of the ' +
              'repeats (1000 draws). Repeats of one configuration are ties to any predictor.',
          ),
          ...ceilingTable(result),
        ]),
    ...(discordantPairs.length === 0
      ? []
      : [
          heading(3, 'Pairs in the wrong order'),
          paragraph(
            'Every pair inside a split that is predicted in the wrong order or tied (gap 0). Gap ÷ noise: measured gap over the standard ' +
              'deviation of a difference of two repeats; below 2 the measurement itself may be wrong. A diagnosis: nothing was changed for it.',
          ),
          ...pairTable(discordantPairs),
        ]),
  ];
}
