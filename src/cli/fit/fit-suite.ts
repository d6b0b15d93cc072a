import type { BasisContext } from '../../basis/index.js';
import type { Catalog } from '../../coefficients/index.js';
import { buildRequests, simulate } from '../../engine/index.js';
import { TruelineError } from '../../errors.js';
import { fitBenchmarks } from '../../fit/index.js';
import type { Experiment } from '../../trace/experiment.js';
import type { Suite } from '../../trace/suite.js';
import { startProgress } from '../progress.js';
import { kernelsIfKnown } from '../served.js';
import type { FittedRuns, FitSettings } from './fitted-runs.js';

/**
 * Fits a suite's train split to its published means, with the engine in the loop. The test split is never touched.
 * @throws SUITE_INVALID without a train split; MODEL_UNKNOWN, GPU_UNKNOWN; as `fitBenchmarks`
 */
export async function fitSuite(catalog: Catalog, suite: Suite, settings: FitSettings): Promise<FittedRuns> {
  const experiments = suite.experiments.filter((experiment) => experiment.split === 'train');
  if (experiments.length === 0)
    throw new TruelineError('SUITE_INVALID', `suite ${suite.name} has no train experiments`, {
      hint: 'Mark the experiments that may be fitted with `split: train`.',
    });
  const contexts = new Map(
    experiments.map((experiment) => [experiment.id, contextOf(catalog, suite, experiment)]),
  );
  const progress = await startProgress('simulations, at most');
  let done = 0;
  const { basis, ...options } = settings;
  const result = fitBenchmarks(
    {
      basis,
      experiments,
      contextOf: ({ id }) => contexts.get(id)!,
      simulate: ({ id, workload }, latency, seed) =>
        simulate({
          ...contexts.get(id)!,
          requests: buildRequests(workload, seed),
          latency,
          recordSteps: true,
        }).trace,
    },
    {
      ...options,
      onProgress: ({ maxIterations }) => progress.update(done++, maxIterations * experiments.length),
    },
  );
  progress.stop();
  return {
    result,
    contexts: [...contexts.values()],
    split: `train split of ${suite.name}, ${result.groupsUsed.length} experiments`,
    sources: [{ name: `${suite.name}: ${suite.source}`, rowsUsed: result.rowsUsed, rowsDropped: 0 }],
  };
}

function contextOf(
  catalog: Catalog,
  { models }: Suite,
  { model, gpu: gpuName, server }: Experiment,
): BasisContext {
  const gpu = catalog.gpu(gpuName);
  return { arch: models[model] ?? catalog.model(model), gpu, server, ...kernelsIfKnown(catalog, gpu) };
}
