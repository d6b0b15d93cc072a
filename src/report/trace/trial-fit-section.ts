import type { FitResult, FitRoute, FittedCoefficient } from '../../fit/fit-result.js';
import type { CoefficientScope } from '../../coefficients/index.js';
import type { ModelArch } from '../../trace/model-arch.js';
import { pairVerdict } from '../coefficients/identifiability-words.js';
import { variedDimensions } from '../coefficients/separating-dimensions.js';
import { heading, left, list, paragraph, right, table, type Block } from '../document.js';
import { share, significant, withError } from '../format.js';

/** What a fit to a run alone comes to, or why none was tried. */
export type TrialFit =
  | {
      readonly kind: 'fitted';
      readonly result: FitResult;
      readonly arch: ModelArch;
      readonly scope: CoefficientScope;
    }
  | { readonly kind: 'not tried'; readonly why: string };

const ROWS: Readonly<Record<FitRoute, string>> = {
  steps: 'timed steps',
  requests: 'latencies of requests, over simulated steps',
  benchmarks: 'figures of stages',
};

/** From here on some combination of coefficients is hardly measured; at the limit of the arithmetic it is not at all. */
const HARDLY_MEASURED = 30;
const COLLINEAR = 1e7;

function conditionWords({ conditionNumber }: FitResult): string {
  if (conditionNumber >= COLLINEAR)
    return 'two or more terms move exactly alike in this run, so only a sum of them shows';
  if (conditionNumber >= HARDLY_MEASURED)
    return `scaled condition number ${significant(conditionNumber)}: some combination of terms is hardly measured`;
  return `scaled condition number ${significant(conditionNumber)} (1 is best): the terms it sees are told apart`;
}

const coefficientRow = ({
  name,
  unit,
  value,
  stdError,
  dataShareRatio,
  note,
}: FittedCoefficient): string[] => [name, unit, withError(value, stdError), share(dataShareRatio), note];

/** Terms that the data pushed to 0. */
function atBound(coefficients: readonly FittedCoefficient[]): Block[] {
  const names = coefficients.filter((entry) => entry.atBound).map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    paragraph(
      `Stopped at 0: ${names.join(', ')}. Their cost is counted in other terms, or the run is not what it is taken for.`,
      'bad',
    ),
  ];
}

/** What a fit to this run alone could tell apart, by its own numbers. */
export function trialFitSection(trial: TrialFit): Block[] {
  const title = heading(2, 'Trial fit');
  if (trial.kind === 'not tried') return [title, paragraph(`None: ${trial.why}.`, 'note')];
  const { result, arch, scope } = trial;
  const free = result.coefficients.filter(({ determinedBy }) => determinedBy !== 'fixed');
  const varied = variedDimensions(scope, [arch]);
  return [
    title,
    paragraph(
      `${result.basis} fitted to this run alone (${result.rowsUsed} rows: ${ROWS[result.route]}): ${conditionWords(result)}. ` +
        'Operator times are held at their measured values. Nothing is written; `trueline fit` does that.',
    ),
    ...table(
      [left('term'), left('unit'), right('value'), right('measured'), left('read as')],
      free.map(coefficientRow),
    ),
    ...atBound(free),
    ...result.correlatedPairs.map((pair) => list([pairVerdict(pair, varied)], 'note')),
  ];
}
