import type { BasisContext } from '../../basis/basis-set.js';
import type { CorrectionScope } from '../../coefficients/coefficient-set.js';
import type { CoefficientCovariance } from '../../coefficients/uncertainty.js';
import type { Experiment } from '../../trace/experiment.js';
import {
  unseenResiduals,
  type Replays,
  type UnseenFold,
  type UnseenResidual,
} from '../uncertainty/unseen-residuals.js';

/** An experiment and how far a model that has not seen it is off, figure by figure. */
export interface MeasuredRun {
  readonly experiment: Experiment;
  readonly residuals: readonly UnseenResidual[];
}

/** Runs of one configuration: one model on one kind of GPU, tensor parallelism and engine version. */
export interface ConfigurationRuns {
  readonly scope: CorrectionScope;
  readonly runs: readonly MeasuredRun[];
}

/** Replays every experiment of a fold thrice beside what was measured; see `unseenResiduals`. */
export const measureRuns = (
  replays: Replays,
  { experiments, coefficients }: UnseenFold,
  covariance: CoefficientCovariance,
): readonly MeasuredRun[] =>
  experiments.map((experiment) => ({
    experiment,
    residuals: unseenResiduals(replays, { experiments: [experiment], coefficients }, covariance),
  }));

/** Runs by configuration, in the order of their first run. */
export function byConfiguration(
  runs: readonly MeasuredRun[],
  contextOf: (experiment: Experiment) => BasisContext,
): readonly ConfigurationRuns[] {
  const groups = new Map<string, ConfigurationRuns>();
  for (const run of runs) {
    const { arch, gpu, server } = contextOf(run.experiment);
    const { tensorParallelSize, engineVersion } = server;
    const scope = { model: arch.name, gpu: gpu.name, tensorParallelSize, engineVersion };
    const key = Object.values(scope).join('\n');
    groups.set(key, { scope, runs: [...(groups.get(key)?.runs ?? []), run] });
  }
  return [...groups.values()];
}
