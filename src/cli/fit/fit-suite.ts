import type { BasisContext } from '../../basis/index.js';
import { kernelsIfKnown, modelFacts, type Catalog } from '../../coefficients/index.js';
import { buildRequests, simulate } from '../../engine/index.js';
import { TruelineError } from '../../errors.js';
import {
  fitBenchmarks,
  fittedValues,
  leaveOneModelOut,
  type BenchmarkFitInput,
  type FitProgress,
} from '../../fit/index.js';
import type { Experiment } from '../../trace/experiment.js';
import type { Suite } from '../../trace/suite.js';
import { startProgress, type Progress } from '../progress.js';
import { scopeOf, type FittedRuns, type FitSettings } from './fitted-runs.js';

/** How a suite is fitted, besides what all routes share. */
export interface SuiteFitSettings extends FitSettings {
  /** Also predict each model from a fit to the others. */
  readonly leaveOneModelOut: boolean;
}

/**
 * Fits a suite's train split to its published means, with the engine in the loop. The test split is never touched.
 * @throws SUITE_INVALID without a train split; MODEL_UNKNOWN, GPU_UNKNOWN; as `fitBenchmarks` and `leaveOneModelOut`
 */
export async function fitSuite(
  catalog: Catalog,
  suite: Suite,
  { basis, leaveOneModelOut: crossValidate, ...solve }: SuiteFitSettings,
): Promise<FittedRuns> {
  const contexts = trainContexts(catalog, suite);
  const progress = await startProgress('simulations, at most');
  const options = { ...solve, onProgress: countSimulations(progress, contexts.size) };
  const input: BenchmarkFitInput = {
    basis,
    experiments: [...contexts.keys()],
    contextOf: (experiment) => contexts.get(experiment)!,
    simulate: (experiment, latency, seed) =>
      simulate({
        ...contexts.get(experiment)!,
        requests: buildRequests(experiment.workload, seed),
        latency,
        recordSteps: true,
      }).trace,
  };
  try {
    const result = fitBenchmarks(input, options);
    const start = fittedValues(result);
    return {
      result,
      provenance: {
        split: `train split of ${suite.name}, ${result.groupsUsed.length} experiments`,
        scope: scopeOf([...contexts.values()]),
        sources: [{ name: `${suite.name}: ${suite.source}` }],
      },
      ...(crossValidate ? { crossValidation: leaveOneModelOut(input, { ...options, start }) } : {}),
    };
  } finally {
    progress.stop();
  }
}

/** @throws SUITE_INVALID, MODEL_UNKNOWN, GPU_UNKNOWN */
function trainContexts(catalog: Catalog, suite: Suite): Map<Experiment, BasisContext> {
  const train = suite.experiments.filter((experiment) => experiment.split === 'train');
  if (train.length > 0)
    return new Map(train.map((experiment) => [experiment, contextOf(catalog, suite, experiment)]));
  throw new TruelineError('SUITE_INVALID', `suite ${suite.name} has no train experiments`, {
    hint: 'Mark the experiments that may be fitted with `split: train`.',
  });
}

function contextOf(catalog: Catalog, suite: Suite, { model, gpu, server }: Experiment): BasisContext {
  const arch = modelFacts(catalog, model, suite);
  return { arch, gpu: catalog.gpu(gpu), server, ...kernelsIfKnown(catalog, gpu) };
}

function countSimulations(progress: Progress, experiments: number): (pass: FitProgress) => void {
  let done = 0;
  return ({ maxIterations }) => progress.update(done++, maxIterations * experiments);
}
