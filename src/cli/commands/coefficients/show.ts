import {
  identifiability,
  readCatalog,
  readCoefficientSet,
  type Catalog,
  type CoefficientSet,
} from '../../../coefficients/index.js';
import { TruelineError } from '../../../errors.js';
import { setCard } from '../../../report/coefficients/set-card.js';
import type { ModelArch } from '../../../trace/model-arch.js';
import type { CommonOptions } from '../../conclude.js';
import { renderAs, type Outcome, type TextFormat } from '../../outcome.js';

/** Options of `trueline coefficients show`. */
export interface ShowOptions extends CommonOptions {
  readonly format: TextFormat;
}

/** Shows a coefficient set as a card. @throws the codes of `readCoefficientSet` */
export async function showSet(name: string, { format }: ShowOptions): Promise<Outcome> {
  const catalog = await readCatalog();
  const set = await readCoefficientSet(name);
  const found = identifiability(set);
  return {
    text: (terminal) => renderAs(format, setCard(set, knownModels(catalog, set)), terminal),
    json: () => ({ coefficientSet: set, ...(found && { identifiability: found }) }),
    passed: true,
  };
}

/** Facts about the models a set was fitted on, as far as the catalogue has them. */
function knownModels(catalog: Catalog, { entries }: CoefficientSet): readonly ModelArch[] {
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
