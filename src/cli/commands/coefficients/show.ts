import { identifiability, readCatalog, readCoefficientSet } from '../../../coefficients/index.js';
import { setCard } from '../../../report/coefficients/set-card.js';
import type { CommonOptions } from '../../conclude.js';
import { knownModels } from '../../known-models.js';
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
