import type { BasisContext } from '../../basis/index.js';
import type { Catalog, CoefficientSet } from '../../coefficients/index.js';
import type { ServedOptions } from '../arguments/served.js';
import { resolveServed } from '../served.js';

/** More would bury the answer; `--model` and `--gpu` reach the rest. */
const MOST = 3;

/** What two sets are priced for. */
export interface ComparedConfigurations {
  readonly contexts: readonly BasisContext[];
  /** Pairs of model and GPU in the scopes beyond those. */
  readonly leftOut: number;
  /** Models and GPUs of the scopes that do not ship. */
  readonly unknown: readonly string[];
}

/**
 * The model and GPU that the options name; where they name none, those of the sets' scopes that ship, in the order of names.
 * @throws the codes of `resolveServed` for what the options name
 */
export async function comparedConfigurations(
  catalog: Catalog,
  sets: readonly CoefficientSet[],
  options: ServedOptions,
): Promise<ComparedConfigurations> {
  const scopes = sets.flatMap(({ entries }) => Object.values(entries).map(({ scope }) => scope));
  const models = chosen(options.model, scopes.flatMap((scope) => scope.models ?? []), catalog.modelNames);
  const gpus = chosen(options.gpu, scopes.flatMap((scope) => scope.gpus ?? []), catalog.gpuNames);
  const pairs = models.names.flatMap((model) => gpus.names.map((gpu) => ({ model, gpu })));
  const served = pairs.slice(0, MOST).map((pair) => resolveServed(catalog, { ...options, ...pair }));
  return {
    contexts: await Promise.all(served),
    leftOut: Math.max(0, pairs.length - MOST),
    unknown: [...models.unknown, ...gpus.unknown],
  };
}

function chosen(stated: string | undefined, inScopes: readonly string[], shipped: readonly string[]) {
  if (stated !== undefined) return { names: [stated], unknown: [] };
  const names = [...new Set(inScopes)].toSorted();
  return {
    names: names.filter((name) => shipped.includes(name)),
    unknown: names.filter((name) => !shipped.includes(name)),
  };
}
