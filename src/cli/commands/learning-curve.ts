import { opRooflineBasis } from '../../basis/index.js';
import { readCatalog } from '../../coefficients/index.js';
import { learningCurves } from '../../fit/index.js';
import { readSuite } from '../../ingest/index.js';
import { learningCurveReport } from '../../report/fit/learning-curve-report.js';
import type { CommonOptions } from '../conclude.js';
import { defaultSuiteFolder } from '../defaults.js';
import { countSimulations, suiteBenchmarks } from '../fit/suite-benchmarks.js';
import { renderAs, type Outcome, type TextFormat } from '../outcome.js';
import { startProgress } from '../progress.js';

/** Options of `trueline fit learning-curve`. */
export interface LearningCurveOptions extends CommonOptions {
  readonly format: TextFormat;
}

/** Experiments corrections are learnt from; sizes no configuration has are not shown. */
const SIZES = [0, 1, 2, 3, 4];

/**
 * Says what a few experiments of a configuration buy on its other loads. Writes no coefficients.
 * @throws SUITE_INVALID without a train split; as `learningCurves`
 */
export async function learningCurveOfSuite(
  folder: string | undefined,
  { format }: LearningCurveOptions,
): Promise<Outcome> {
  const catalog = await readCatalog();
  const suite = await readSuite(folder ?? defaultSuiteFolder());
  const input = suiteBenchmarks(catalog, suite, opRooflineBasis, 'all');
  const progress = await startProgress('simulations of the general fit, at most');
  try {
    const trained = input.experiments.filter(({ split }) => split === 'train').length;
    const curves = learningCurves(input, SIZES, { onProgress: countSimulations(progress, trained) });
    return {
      text: (terminal) => renderAs(format, learningCurveReport(suite.name, curves), terminal),
      json: () => ({ suite: suite.name, ...curves }),
      passed: true,
    };
  } finally {
    progress.stop();
  }
}
