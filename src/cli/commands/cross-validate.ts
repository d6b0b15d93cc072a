import { basisByName } from '../../basis/index.js';
import { readCatalog } from '../../coefficients/index.js';
import { leaveOneGroupOut, type LeaveOutKey } from '../../fit/index.js';
import { readSuite } from '../../ingest/index.js';
import { crossValidationReport } from '../../report/fit/cross-validation-report.js';
import type { CommonOptions } from '../conclude.js';
import { defaultSuiteFolder } from '../defaults.js';
import { countSimulations, suiteBenchmarks } from '../fit/suite-benchmarks.js';
import { renderAs, type Outcome, type TextFormat } from '../outcome.js';
import { startProgress } from '../progress.js';

/** Options of `trueline fit cross-validate`. */
export interface CrossValidateOptions extends CommonOptions {
  readonly leaveOut: readonly LeaveOutKey[];
  readonly over: 'train' | 'all';
  readonly basis: string;
  readonly priorWeight?: number;
  readonly format: TextFormat;
}

/**
 * Predicts each model, GPU or workload of a suite from a fit to all others. Writes no coefficients.
 * @throws SUITE_INVALID without a train split; FIT_INVALID when there is one group only; as `leaveOneGroupOut`
 */
export async function crossValidateSuite(
  folder: string | undefined,
  { leaveOut, over, basis, priorWeight, format }: CrossValidateOptions,
): Promise<Outcome> {
  const catalog = await readCatalog();
  const suite = await readSuite(folder ?? defaultSuiteFolder());
  const input = suiteBenchmarks(catalog, suite, basisByName(basis), over);
  const progress = await startProgress('simulations of the fit to all, at most');
  const options = {
    over,
    onProgress: countSimulations(progress, input.experiments.length),
    ...(priorWeight !== undefined && { priorNoiseRatio: priorWeight }),
  };
  try {
    const results = leaveOneGroupOut(input, [...new Set(leaveOut)], options);
    const document = crossValidationReport(suite.name, over, results, input.experiments);
    return {
      text: (terminal) => renderAs(format, document, terminal),
      json: () => ({ suite: suite.name, over, basis, crossValidations: results }),
      passed: true,
    };
  } finally {
    progress.stop();
  }
}
