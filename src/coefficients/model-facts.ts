import { TruelineError } from '../errors.js';
import type { ModelArch } from '../trace/model-arch.js';
import type { Catalog } from './catalog.js';

/**
 * Facts about a model: the catalogue's if it knows the name, else those a suite brought along. The catalogue goes first because
 * a `config.json` alone does not say how the checkpoint samples by default, which the sampler's cost depends on.
 * @throws MODEL_UNKNOWN when neither knows it
 */
export function modelFacts(catalog: Pick<Catalog, 'model'>, name: string, brought?: ModelArch): ModelArch {
  try {
    return catalog.model(name);
  } catch (error) {
    const unknown = error instanceof TruelineError && error.code === 'MODEL_UNKNOWN';
    if (unknown && brought !== undefined) return brought;
    throw error;
  }
}
