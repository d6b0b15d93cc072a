import type { Catalog } from '../../coefficients/index.js';
import { fitBenchmarks, fittedValues, learnUncertainty } from '../../fit/index.js';
import type { Suite } from '../../trace/suite.js';
import { startProgress } from '../progress.js';
import { scopeOf, type FittedRuns, type FitSettings } from './fitted-runs.js';
import { countSimulations, suiteBenchmarks } from './suite-benchmarks.js';

/**
 * Fits a suite's train split to its published means, with the engine in the loop. The test split is never touched.
 * @throws SUITE_INVALID without a train split; MODEL_UNKNOWN, GPU_UNKNOWN; as `fitBenchmarks`
 */
export async function fitSuite(
  catalog: Catalog,
  suite: Suite,
  { basis, ...solve }: FitSettings,
): Promise<FittedRuns> {
  const input = suiteBenchmarks(catalog, suite, basis, 'train');
  const progress = await startProgress('simulations, at most');
  const onProgress = countSimulations(progress, input.experiments.length);
  try {
    const options = { ...solve, onProgress };
    const result = fitBenchmarks(input, options);
    const uncertainty = learnUncertainty(input, { ...options, start: fittedValues(result) });
    return {
      result,
      provenance: {
        split: `train split of ${suite.name}, ${result.groupsUsed.length} experiments`,
        scope: scopeOf(input.experiments.map((experiment) => input.contextOf(experiment))),
        sources: [{ name: `${suite.name}: ${suite.source}` }],
      },
      ...(uncertainty && { uncertainty }),
    };
  } finally {
    progress.stop();
  }
}
