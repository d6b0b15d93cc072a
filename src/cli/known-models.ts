import type { Catalog, CoefficientSet } from '../coefficients/index.js';
import { TruelineError } from '../errors.js';
import type { ModelArch } from '../trace/model-arch.js';

/** Facts about the models a set was fitted on, as far as the catalogue has them. */
export function knownModels(catalog: Catalog, { entries }: CoefficientSet): readonly ModelArch[] {
  const names = [...new Set(Object.values(entries).flatMap(({ scope }) => scope.models ?? []))];
  return names.flatMap((name) => {
    try {
      return [catalog.model(name)];
    } catch (error) {
      if (error instanceof TruelineError && error.code === 'MODEL_UNKNOWN') return [];
      throw error;
    }
  });
}
