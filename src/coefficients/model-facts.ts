import { TruelineError } from '../errors.js';
import type { ModelArch } from '../trace/model-arch.js';
import type { Suite } from '../trace/suite.js';
import type { Catalog } from './catalog.js';

/**
 * Facts about a model: the catalogue's if it knows the name, else those a suite brought along. The catalogue goes first because
 * a `config.json` alone does not say how the checkpoint samples by default, which the sampler's cost depends on.
 * @throws MODEL_UNKNOWN when neither knows it; ARCH_UNSUPPORTED when the suite brought one that is not modelled
 */
export function modelFacts(
  catalog: Pick<Catalog, 'model'>,
  name: string,
  suite: Pick<Suite, 'models' | 'refusedModels'>,
): ModelArch {
  try {
    return catalog.model(name);
  } catch (error) {
    if (!(error instanceof TruelineError) || error.code !== 'MODEL_UNKNOWN') throw error;
    const [brought, refused] = [suite.models[name], suite.refusedModels[name]];
    if (brought !== undefined) return brought;
    if (refused !== undefined) throw new TruelineError(refused.code, `${name}: ${refused.reason}`);
    throw error;
  }
}
