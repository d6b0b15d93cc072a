import type { CorrectionPrior } from '../../coefficients/uncertainty.js';
import type { LearntSpreads } from '../uncertainty/calibrate.js';
import { errorPairs, pairedErrors, type ErrorPair, type PairedErrors } from './corrected-errors.js';
import { estimateCorrection } from './estimate-correction.js';
import type { ConfigurationRuns, MeasuredRun } from './measured-runs.js';

/** What corrections from a number of experiments are worth on other loads of the same configuration. */
export interface LearningCurvePoint {
  /** Experiments a correction was learnt from. */
  readonly experiments: number;
  /** Configurations with enough of them, and experiments predicted. */
  readonly configurations: number;
  readonly heldOut: number;
  readonly errors: readonly PairedErrors[];
}

/** One experiment under all corrections learnt from a number of others. */
interface HeldOutRun {
  readonly configuration: ConfigurationRuns;
  readonly pairs: readonly ErrorPair[];
}

/**
 * What `experiments` experiments of a configuration buy on its other loads, averaged over every choice of them: one point per
 * size. Experiments with the load of the one predicted are never learnt from. Sizes for which no configuration has
 * enough are left out.
 */
export const learningCurve = (
  configurations: readonly ConfigurationRuns[],
  spreads: LearntSpreads,
  prior: CorrectionPrior,
  sizes: readonly number[],
): readonly LearningCurvePoint[] =>
  sizes.flatMap((experiments) => {
    const judged = heldOutRuns(configurations, spreads, prior, experiments);
    if (judged.length === 0) return [];
    return {
      experiments,
      configurations: new Set(judged.map(({ configuration }) => configuration)).size,
      heldOut: judged.length,
      errors: pairedErrors(judged.flatMap(({ pairs }) => pairs)),
    };
  });

/** Every experiment that has `size` others with another load beside it, under corrections from every choice of them. */
export const heldOutRuns = (
  configurations: readonly ConfigurationRuns[],
  spreads: LearntSpreads,
  prior: CorrectionPrior,
  size: number,
): readonly HeldOutRun[] =>
  configurations.flatMap((configuration) =>
    configuration.runs.flatMap((run) => {
      const chosen = subsets(otherLoads(configuration, run), size);
      if (chosen.length === 0) return [];
      const corrections = chosen.map((runs) => estimateCorrection(runs, spreads, prior));
      return { configuration, pairs: errorPairs(run, corrections) };
    }),
  );

const otherLoads = ({ runs }: ConfigurationRuns, { experiment: { workloadName } }: MeasuredRun) =>
  runs.filter(({ experiment }) => experiment.workloadName !== workloadName);

/** Every choice of `size` items, in their order; the empty one for 0. */
function subsets<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  if (size === 0) return [[]];
  return items.flatMap((first, i) => subsets(items.slice(i + 1), size - 1).map((rest) => [first, ...rest]));
}
