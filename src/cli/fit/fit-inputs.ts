import type { Catalog } from '../../coefficients/index.js';
import { TruelineError } from '../../errors.js';
import { readSuite } from '../../ingest/index.js';
import type { Suite } from '../../trace/suite.js';
import type { ServedOptions } from '../arguments/served.js';
import { isSuiteFolder } from '../suite-folder.js';
import { readRuns, type Run } from './fit-traces.js';

/** What a fit was given: one suite, or recorded runs. */
export type FitInputs =
  | { readonly kind: 'suite'; readonly suite: Suite }
  | { readonly kind: 'runs'; readonly runs: readonly Run[] };

/**
 * Reads the inputs of a fit.
 * @throws USAGE for a suite among other inputs; as `readSuite` and `readRuns`
 */
export async function readFitInputs(
  catalog: Catalog,
  inputs: readonly string[],
  served: ServedOptions,
): Promise<FitInputs> {
  const folder = inputs.find(isSuiteFolder);
  if (folder === undefined) return { kind: 'runs', runs: await readRuns(catalog, inputs, served) };
  if (inputs.length === 1) return { kind: 'suite', suite: await readSuite(folder) };
  throw new TruelineError('USAGE', 'a suite is fitted alone', {
    file: folder,
    hint: 'Leave out the other inputs.',
  });
}
