import type { CoefficientEntry, CoefficientScope, CoefficientSet, CoefficientSource } from '../coefficient-set.js';
import type { BlisCoefficients } from './blis-file.js';
import { blisForm } from './blis-forms.js';

/** What the peer's file does not say of itself. */
export interface ImportedFacts {
  /** Name of the new set. */
  readonly name: string;
  readonly source: Pick<CoefficientSource, 'name' | 'sha256'>;
  /** Where the numbers are said to hold; empty when nobody says. */
  readonly scope: CoefficientScope;
}

const STATED = 'As stated in the file, which gives no error and not what it was fitted to.';

/** The peer's coefficients as a set that prices steps: method `vendor`, no uncertainty, source and hash at every number. */
export function fromBlis({ alpha, beta }: BlisCoefficients, facts: ImportedFacts): CoefficientSet {
  const { basis, beta: full, filledIn } = blisForm(beta);
  const entryOf = (name: string, unit: string, value: number): [string, CoefficientEntry] => [
    name,
    {
      value,
      unit,
      atBound: false,
      method: 'vendor',
      scope: facts.scope,
      sources: [{ ...facts.source, rowsUsed: 0, rowsDropped: 0 }],
      rationale: filledIn[name] === undefined ? STATED : `${STATED} Here ${filledIn[name]}.`,
    },
  ];
  return {
    formatVersion: 1,
    name: facts.name,
    description: `${beta.length} trained-physics coefficients of BLIS, read from ${facts.source.name}.`,
    basis: basis.name,
    entries: Object.fromEntries([
      ...basis.terms.map(({ name, unit }, i) => entryOf(name, unit, full[i]!)),
      ...basis.requestTerms.map(({ name, unit }, i) => entryOf(name, unit, alpha[i]!)),
    ]),
  };
}
