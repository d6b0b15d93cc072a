import type { FitResult, FittedCoefficient } from '../../fit/fit-result.js';
import { heading, left, list, paragraph, right, table, type Block } from '../document.js';
import { share, significant, withError } from '../format.js';

function coefficientRow(entry: FittedCoefficient): string[] {
  return [
    entry.name,
    entry.unit,
    `${withError(entry.value, entry.stdError)}${entry.atBound ? ' (at bound)' : ''}`,
    significant(entry.resampledStdError),
    entry.prior.sd === 0
      ? `${significant(entry.prior.mean)}, fixed`
      : withError(entry.prior.mean, entry.prior.sd),
    entry.determinedBy === 'fixed' ? '' : share(entry.dataShareRatio),
    entry.note,
  ];
}

/** Which pairs the data cannot tell apart, in words. */
function correlated(result: FitResult): Block[] {
  const items = result.correlatedPairs.map(
    ({ terms: [first, second], correlation }) =>
      `${first} and ${second} (correlation ${correlation.toFixed(2)}): read ` +
      `${correlation < 0 ? 'their sum' : 'their difference'}, not the single values`,
  );
  if (items.length === 0) return [];
  return [paragraph('These data tell some coefficients apart badly:'), list(items, 'note')];
}

/** Coefficients with uncertainty, prior, and who decided them; then what the data could not separate. */
export const coefficientTable = (result: FitResult): Block[] => [
  heading(2, 'Coefficients'),
  paragraph(
    'Value ± standard error; ± resampled: the same from refits to runs drawn with replacement; prior mean ± its spread; data share: how much of the prior uncertainty the data removed.',
  ),
  ...table(
    [
      left('term'),
      left('unit'),
      right('value'),
      right('± resampled'),
      right('prior'),
      right('data share'),
      left('read as'),
    ],
    result.coefficients.map(coefficientRow),
  ),
  ...correlated(result),
];
