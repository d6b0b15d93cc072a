import type { ResolvedNumber, ScopeGap } from '../../coefficients/index.js';
import { heading, left, list, paragraph, right, table, type ReportDocument } from '../document.js';
import { extrapolationSection } from './extrapolation-section.js';
import { MISSING, significant, withError } from '../format.js';

/** What a prediction is made for, in words, and the numbers that serve it. */
export interface Resolution {
  readonly set: string;
  /** Model, GPU and parallelism. */
  readonly served: string;
  readonly numbers: readonly ResolvedNumber[];
}

/** Which number of which layer serves a prediction, and how far each is taken beyond what it was fitted on. */
export function resolutionReport({ set, served, numbers }: Resolution): ReportDocument {
  const sources = [...new Set(numbers.map(({ source }) => source))];
  return [
  heading(1, `What serves ${served}`),
  paragraph(`Coefficient set ${set}. Step time = Σ coefficient · term; operator times count once each.`),
  ...table(
    [left('layer'), left('name'), right('value'), left('unit'), left('method'), left('how far'), left('from')],
    numbers.map((number) => [
      number.layer,
      number.name,
      number.value === undefined ? MISSING : withError(number.value, number.stdError ?? 0),
      number.unit ?? '',
      number.method,
      howFar(number),
      sourceLetter(sources, number.source),
    ]),
  ),
  paragraph(correctionWords(numbers)),
  ...extrapolationSection(distinctGaps(numbers)),
  heading(2, 'Sources'),
  list(sources.map((source) => `[${sourceLetter(sources, source)}] ${source}`)),
];
}

const correctionWords = (numbers: readonly ResolvedNumber[]): string =>
  numbers.some(({ layer }) => layer === 'correction')
    ? 'Corrected for this configuration: all step times are multiplied by stepScale, the front end by frontScale.'
    : 'Corrections of this configuration: none. Each prediction is the sum of the numbers above.';

/** a, b, c … in order of appearance; there are never as many as letters. */
const sourceLetter = (sources: readonly string[], source: string): string =>
  String.fromCodePoint(97 + sources.indexOf(source));

function howFar({ gaps, caveat, value, stdError }: ResolvedNumber): string {
  const beyond = gaps.length === 0 ? [] : [`other ${gaps.map(({ dimension }) => dimension).join(', ')}`];
  const words = [...beyond, ...(caveat === undefined ? [] : [caveat])];
  if (words.length > 0) return words.join('; ');
  return value !== undefined && stdError !== undefined && value > 0
    ? `in scope, ± ${significant((100 * stdError) / value)} %`
    : 'in scope';
}

function distinctGaps(numbers: readonly ResolvedNumber[]): readonly ScopeGap[] {
  const gaps = numbers.flatMap((number) => number.gaps);
  return gaps.filter((gap, i) => gaps.findIndex(({ dimension }) => dimension === gap.dimension) === i);
}
