import { opRooflineBasis } from '../../basis/index.js';
import { readCatalog } from '../../coefficients/index.js';
import { ablate, fitBenchmarks, fittedValues, type AblationResult } from '../../fit/index.js';
import { readSuite } from '../../ingest/index.js';
import { ablationReport } from '../../report/fit/ablation-report.js';
import type { CommonOptions } from '../conclude.js';
import { defaultSuiteFolder } from '../defaults.js';
import { ablationVariants } from '../fit/ablation-variants.js';
import { suiteBenchmarks } from '../fit/suite-benchmarks.js';
import { renderAs, type Outcome, type TextFormat } from '../outcome.js';
import { startProgress } from '../progress.js';

/** Options of `trueline fit ablate`. */
export interface AblateOptions extends CommonOptions {
  readonly format: TextFormat;
}

/**
 * Refits op-roofline to a suite's train split without one thing after the other. Writes no coefficients.
 * @throws SUITE_INVALID without a train split; FIT_INVALID with a single model; as `fitBenchmarks`
 */
export async function ablateSuite(folder: string | undefined, { format }: AblateOptions): Promise<Outcome> {
  const catalog = await readCatalog();
  const suite = await readSuite(folder ?? defaultSuiteFolder());
  const whole = fitBenchmarks(suiteBenchmarks(catalog, suite, opRooflineBasis, 'train'));
  const start = fittedValues(whole);
  const variants = ablationVariants(catalog, suite);
  const progress = await startProgress('variants');
  const results: AblationResult[] = [];
  try {
    for (const variant of variants) {
      progress.update(results.length, variants.length);
      results.push(ablate(variant, start));
    }
  } finally {
    progress.stop();
  }
  return {
    text: (terminal) => renderAs(format, ablationReport(suite.name, results), terminal),
    json: () => ({ suite: suite.name, results }),
    passed: true,
  };
}
