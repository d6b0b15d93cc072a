import type { BasisContext, BasisSet } from '../../basis/index.js';
import { kernelsIfKnown, modelFacts, type Catalog } from '../../coefficients/index.js';
import { buildRequests, simulate } from '../../engine/index.js';
import { TruelineError } from '../../errors.js';
import type { BenchmarkFitInput, FitProgress } from '../../fit/index.js';
import type { Experiment } from '../../trace/experiment.js';
import type { Suite } from '../../trace/suite.js';
import type { Progress } from '../progress.js';

/**
 * The experiments of a suite as a fit wants them: what each served, and the engine to simulate it with.
 * @throws SUITE_INVALID without a train split; MODEL_UNKNOWN, GPU_UNKNOWN
 */
export function suiteBenchmarks(
  catalog: Catalog,
  suite: Suite,
  basis: BasisSet,
  over: 'train' | 'all',
): BenchmarkFitInput {
  return experimentBenchmarks(catalog, suite, basis, experimentsOver(suite, over));
}

/** The same for experiments that are not of a suite. @throws MODEL_UNKNOWN, GPU_UNKNOWN */
export const plannedBenchmarks = (
  catalog: Catalog,
  basis: BasisSet,
  experiments: readonly Experiment[],
): BenchmarkFitInput => experimentBenchmarks(catalog, { models: {}, refusedModels: {} }, basis, experiments);

/**
 * Any experiments, whatever their split: to score, never to fit.
 * @param brought models that came with them
 * @throws MODEL_UNKNOWN, GPU_UNKNOWN
 */
export const experimentBenchmarks = (
  catalog: Catalog,
  brought: Pick<Suite, 'models' | 'refusedModels'>,
  basis: BasisSet,
  experiments: readonly Experiment[],
): BenchmarkFitInput =>
  simulatedBenchmarks(
    basis,
    new Map(experiments.map((entry) => [entry, contextOf(catalog, brought, entry)])),
  );

/** Experiments with what each served, and the engine to simulate them with. */
export function simulatedBenchmarks(
  basis: BasisSet,
  contexts: ReadonlyMap<Experiment, BasisContext>,
): BenchmarkFitInput {
  return {
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
}

/** @throws SUITE_INVALID */
function experimentsOver(suite: Suite, over: 'train' | 'all'): readonly Experiment[] {
  const train = suite.experiments.filter((experiment) => experiment.split === 'train');
  if (train.length > 0) return over === 'all' ? suite.experiments : train;
  throw new TruelineError('SUITE_INVALID', `suite ${suite.name} has no train experiments`, {
    hint: 'Mark the experiments that may be fitted with `split: train`.',
  });
}

function contextOf(
  catalog: Catalog,
  suite: Pick<Suite, 'models' | 'refusedModels'>,
  { model, gpu, server }: Experiment,
): BasisContext {
  const arch = modelFacts(catalog, model, suite);
  return { arch, gpu: catalog.gpu(gpu), server, ...kernelsIfKnown(catalog, gpu) };
}

/** A listener that counts the simulations of a fit's passes. */
export function countSimulations(progress: Progress, experiments: number): (pass: FitProgress) => void {
  let done = 0;
  return ({ maxIterations }) => progress.update(done++, maxIterations * experiments);
}
