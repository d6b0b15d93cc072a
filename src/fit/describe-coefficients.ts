import { STRONG_CORRELATION } from '../coefficients/identifiability.js';
import type { CorrelatedPair, DeterminedBy, FittedCoefficient } from './fit-result.js';
import type { FitTerm, TermLayout } from './fit-terms.js';
import type { GroupResampling } from './group-resampling.js';
import { correlation, type Posterior } from './posterior.js';
import type { FitSolution } from './solve-fit.js';

/** Share of the prior variance the data must remove to be named the decider, and below which they do not count. */
const DATA_DECIDES_RATIO = 0.75;
const PRIOR_DECIDES_RATIO = 0.25;

/** Every coefficient of a solved fit with its uncertainty and who decided it. */
export function describeCoefficients(
  layout: TermLayout,
  solution: FitSolution,
  resampling?: GroupResampling,
): readonly FittedCoefficient[] {
  const pairs = correlatedPairs(layout, solution.posterior);
  return layout.terms.map((term, index) => {
    const column = layout.free.indexOf(index);
    if (column < 0) return fixedCoefficient(term);
    const value = solution.x[column]!;
    const dataShareRatio = solution.posterior.dataShareRatios[column]!;
    const determinedBy = decider(dataShareRatio);
    const { name, unit, prior } = term;
    const resampledStdError = resampling?.stdErrors[name];
    return {
      name,
      unit,
      prior,
      value,
      stdError: solution.stdErrors[column]!,
      ...(resampledStdError !== undefined && { resampledStdError }),
      dataShareRatio,
      atBound: value === 0,
      method: determinedBy === 'prior' ? ('assumed' as const) : ('fitted' as const),
      determinedBy,
      note: noteOf(name, value, determinedBy, pairs),
    };
  });
}

/** Pairs of free terms the rows and the prior together tell apart badly, strongest first. */
export function correlatedPairs(
  { terms, free }: TermLayout,
  posterior: Posterior,
): readonly CorrelatedPair[] {
  const pairs = free.flatMap((first, i) =>
    free.slice(i + 1).map((second, offset) => ({
      terms: [terms[first]!.name, terms[second]!.name] as const,
      correlation: correlation(posterior, i, i + 1 + offset),
    })),
  );
  return pairs
    .filter((pair) => Math.abs(pair.correlation) >= STRONG_CORRELATION)
    .toSorted((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation));
}

function fixedCoefficient({ name, unit, prior }: FitTerm): FittedCoefficient {
  return {
    name,
    unit,
    prior,
    value: prior.mean,
    stdError: 0,
    dataShareRatio: 0,
    atBound: false,
    method: 'assumed',
    determinedBy: 'fixed',
    note: 'held at its prior mean',
  };
}

type Decider = Exclude<DeterminedBy, 'fixed'>;

function decider(dataShareRatio: number): Decider {
  if (dataShareRatio >= DATA_DECIDES_RATIO) return 'data';
  return dataShareRatio >= PRIOR_DECIDES_RATIO ? 'data and prior' : 'prior';
}

const DECIDER_WORDS: Readonly<Record<Decider, string>> = {
  data: 'determined by the data',
  'data and prior': 'determined by data and prior together',
  prior: 'left at its prior: these data say little about it',
};

function noteOf(name: string, value: number, by: Decider, pairs: readonly CorrelatedPair[]): string {
  const bound = value === 0 ? '; at its bound 0, the data ask for less' : '';
  const partners = pairs
    .filter((pair) => pair.correlation < 0 && pair.terms.includes(name))
    .map(({ terms: [first, second] }) => (first === name ? second : first));
  const sum = partners.length === 0 ? '' : `; only its sum with ${partners.join(', ')} is well determined`;
  return DECIDER_WORDS[by] + bound + sum;
}
