import type { Catalog } from '../../coefficients/index.js';
import { fitBenchmarks, fittedValues, learnUncertainty, type SetProvenance } from '../../fit/index.js';
import type { Suite, SuiteFile } from '../../trace/suite.js';
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
        ...(suite.files && { files: fittedFiles(suite.name, suite.files, result.groupsUsed) }),
      },
      ...(uncertainty && { uncertainty }),
    };
  } finally {
    progress.stop();
  }
}

/** Files with what was fitted: those of experiments that were not are left out. */
const fittedFiles = (
  suite: string,
  files: readonly SuiteFile[],
  used: readonly string[],
): NonNullable<SetProvenance['files']> =>
  files
    .filter(({ experiment }) => experiment === undefined || used.includes(experiment))
    .map(({ path, sha256, experiment }) => ({
      name: `${suite}/${path}`,
      sha256,
      groups: experiment === undefined ? used : [experiment],
    }));
