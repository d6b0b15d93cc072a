import type { CoefficientEntry, Identifiability, TravellingPair } from '../../coefficients/index.js';
import { dimensionsOf, separatingDimensions, type VariedDimensions } from './separating-dimensions.js';

/** Share of the prior variance that data must remove, at the residual noise of the fit, before a number counts as measured, and as measured in part. */
const MEASURED_RATIO = 0.75;
const PARTLY_MEASURED_RATIO = 0.25;
/** Variance inflation from which a coefficient is known through a combination only (the usual rule of thumb is 5 to 10). */
const INFLATED = 5;

/** What a user should make of one number, in a few words. */
export function entryVerdict(name: string, entry: CoefficientEntry, found: Identifiability | undefined): string {
  const { prior, stdError, atBound } = entry;
  if (prior?.sd === 0) return 'held fixed';
  if (atBound) return 'stopped at 0: the data ask for less, so its cost is counted in another term';
  if (stdError === undefined) return 'no error is stated: nothing says how well it is known';
  const measuredRatio = prior === undefined ? 1 : 1 - (stdError / prior.sd) ** 2;
  if (measuredRatio < PARTLY_MEASURED_RATIO) return `not measured: this is the prior${remedy(name)}`;
  const partners = partnersOf(name, found);
  if ((found?.varianceInflation[name] ?? 1) >= INFLATED && partners.length > 0)
    return `known only together with ${partners.join(', ')}`;
  if (measuredRatio < MEASURED_RATIO) return `half measured, half prior${remedy(name)}`;
  return partners.length > 0 ? `measured; travels with ${partners.join(', ')}` : 'measured';
}

function remedy(name: string): string {
  const dimensions = dimensionsOf(name);
  return dimensions.length === 0
    ? ''
    : `; more runs that vary ${dimensions.join(' and ')} would measure it`;
}

const partnersOf = (name: string, found: Identifiability | undefined): string[] =>
  (found?.pairs ?? []).flatMap(({ terms: [first, second] }) => {
    if (first === name) return [second];
    return second === name ? [first] : [];
  });

/** Why two coefficients travel together, and what would separate them. */
export function pairVerdict({ terms, correlation }: TravellingPair, varied: VariedDimensions): string {
  const pair = `${terms[0]} and ${terms[1]} (correlation ${correlation.toFixed(2)})`;
  const dimensions = separatingDimensions(terms);
  const stuck = dimensions.filter((dimension) => varied[dimension]?.length === 1);
  if (dimensions.length > 0 && stuck.length === dimensions.length) {
    const same = stuck.map((dimension) => `${dimension} (${varied[dimension]![0]})`).join(' and the same ');
    return `${pair} can't be told apart: every run has the same ${same}`;
  }
  const read = `read their ${correlation < 0 ? 'sum' : 'difference'}, not the single values`;
  if (dimensions.length === 0) return `${pair}: ${read}`;
  return `${pair}: ${read}; runs that differ in ${dimensions.join(' or ')} and little else tell them apart`;
}
