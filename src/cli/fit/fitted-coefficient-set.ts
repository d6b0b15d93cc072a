import type { BasisContext } from '../../basis/index.js';
import type { CoefficientEntry, CoefficientScope, CoefficientSet } from '../../coefficients/index.js';
import { ALL_GROUPS, type FittedCoefficient } from '../../fit/index.js';
import type { FittedRuns } from './fitted-runs.js';

/**
 * A fit as a coefficient set with its provenance: ready to be written and to price with.
 * @param name of the set
 * @param toolVersion of Trueline
 */
export function fittedCoefficientSet(name: string, toolVersion: string, fitted: FittedRuns): CoefficientSet {
  const { result, split } = fitted;
  const scope = scopeOf(fitted.contexts);
  const entries = result.coefficients.map((entry) => [entry.name, entryOf(entry, scope, fitted)] as const);
  const errors = result.trainErrors.filter(({ group }) => group === ALL_GROUPS);
  return {
    formatVersion: 1,
    name,
    description: `${result.basis} fitted to ${split}.`,
    basis: result.basis,
    entries: Object.fromEntries(entries),
    fit: {
      toolVersion,
      split,
      options: { route: result.route, ...result.options },
      trainErrors: Object.fromEntries(
        errors.map(({ kind, errors: { mapePct } }) => [`${kind}MapePct`, mapePct]),
      ),
    },
  };
}

function entryOf(
  entry: FittedCoefficient,
  scope: CoefficientScope,
  { sources }: FittedRuns,
): CoefficientEntry {
  const { value, unit, stdError, prior, dataShareRatio, atBound, method, note } = entry;
  return {
    value,
    unit,
    stdError,
    ...(Number.isFinite(prior.sd) ? { prior } : {}),
    dataShareRatio,
    atBound,
    method,
    scope,
    sources: method === 'fitted' ? sources : [],
    rationale: note,
  };
}

/** The range of what was fitted: beyond it, a set extrapolates. */
function scopeOf(contexts: readonly BasisContext[]): CoefficientScope {
  const versions = distinct(contexts.map(({ server }) => server.engineVersion));
  return {
    ...(versions.length === 1 ? { engineVersion: versions[0]! } : {}),
    gpus: distinct(contexts.map(({ gpu }) => gpu.name)),
    models: distinct(contexts.map(({ arch }) => arch.name)),
    tensorParallelSizes: distinct(contexts.map(({ server }) => server.tensorParallelSize)),
  };
}

function distinct<T extends string | number>(values: readonly T[]): T[] {
  return [...new Set(values)].toSorted((a, b) => (a < b ? -1 : 1));
}
