import { TruelineError } from '../errors.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { ModelArch } from '../trace/model-arch.js';
import type { Refusal, Suite } from '../trace/suite.js';
import { readModelConfig } from './model-config.js';

/**
 * Reads the architectures that came with a suite. One of a kind that is not modelled does not stop the others: it is kept with
 * its reason, and counted.
 * @param configs `config.json` files by the name the suite's experiments use
 * @throws FILE_NOT_FOUND, FORMAT_INVALID
 */
export async function readSuiteModels(
  configs: ReadonlyMap<string, string>,
  log: DiagnosticLog,
): Promise<Pick<Suite, 'models' | 'refusedModels'>> {
  const models: Record<string, ModelArch> = {};
  const refusedModels: Record<string, Refusal> = {};
  for (const [name, file] of configs) {
    try {
      models[name] = await readModelConfig(file, name);
    } catch (cause) {
      if (!(cause instanceof TruelineError) || cause.code !== 'ARCH_UNSUPPORTED') throw cause;
      refusedModels[name] = { code: cause.code, reason: cause.message };
      log.add('doubt', 'suite-model-unsupported', `${name}: ${cause.message}`);
    }
  }
  return { models, refusedModels };
}
