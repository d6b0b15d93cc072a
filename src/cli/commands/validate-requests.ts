import { basename, resolve } from 'node:path';
import { readCatalog, readCoefficientSet } from '../../coefficients/index.js';
import { ingestPath } from '../../ingest/index.js';
import { requestReport } from '../../report/validation/request-report.js';
import { validateRun, type RequestValidation } from '../../validate/index.js';
import type { ServedOptions } from '../arguments/served.js';
import type { CommonOptions } from '../conclude.js';
import { renderAs, type Outcome, type TextFormat } from '../outcome.js';
import { startProgress } from '../progress.js';
import { resolveServed } from '../served.js';

/** Options of `trueline validate requests`. */
export interface ValidateRequestsOptions extends CommonOptions, ServedOptions {
  readonly coefficients: string;
  readonly coldStart?: true;
  readonly format: TextFormat;
}

/**
 * Replays recorded runs and compares them request by request.
 * @throws USAGE when a run does not say what it was measured on; as `ingestPath` and `validateRun`
 */
export async function validateRequests(
  paths: readonly string[],
  options: ValidateRequestsOptions,
): Promise<Outcome> {
  const catalog = await readCatalog();
  const set = await readCoefficientSet(options.coefficients);
  const progress = await startProgress('runs');
  const runs: RequestValidation[] = [];
  try {
    for (const path of paths) {
      const trace = await ingestPath(path);
      const served = await resolveServed(catalog, options, trace.meta, path);
      const context = { ...served, coldStart: options.coldStart === true };
      runs.push(validateRun({ name: basename(resolve(path)), trace, context }, set));
      progress.update(runs.length, paths.length);
    }
  } finally {
    progress.stop();
  }
  return {
    text: (terminal) => renderAs(options.format, requestReport(set.name, runs, options.coldStart), terminal),
    json: () => ({ coefficientSet: set.name, runs }),
    passed: true,
  };
}
