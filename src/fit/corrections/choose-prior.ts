import type { CorrectionPrior } from '../../coefficients/uncertainty.js';
import { FIRST_TOKEN_WEIGHT } from '../row-weights.js';
import type { LearntSpreads } from '../uncertainty/calibrate.js';
import { pairedErrors } from './corrected-errors.js';
import { heldOutRuns } from './learning-curve.js';
import type { ConfigurationRuns } from './measured-runs.js';

/** Spreads tried, tightest first; 0 corrects nothing. */
const STEP_LOG_SDS = [0, 0.005, 0.01, 0.02, 0.04, 0.08];
const FRONT_LOG_SDS = [0, 0.05, 0.1, 0.2, 0.4];

/** How many experiments a correction may be learnt from while the prior is chosen. */
const SIZES = [1, 2, 3];

/** One prior and how corrections under it predict other loads. */
export interface PriorScore extends CorrectionPrior {
  /** Mean error of the time per token plus 0.4 × that of TTFT: the weights of the fit. */
  readonly scorePct: number;
}

/**
 * Chooses the prior of corrections by cross-validation: learnt from one to three experiments of a configuration that the general
 * model has not seen, they are judged on its other loads.
 * @param configurations of the train split, each predicted by a model that has not seen it
 * @returns undefined when no configuration has two loads; of equally good priors the tightest
 */
export function chooseCorrectionPrior(
  configurations: readonly ConfigurationRuns[],
  spreads: LearntSpreads,
): PriorScore | undefined {
  const scores = STEP_LOG_SDS.flatMap((stepLogSd) =>
    FRONT_LOG_SDS.flatMap((frontLogSd) => scoreOf(configurations, spreads, { stepLogSd, frontLogSd })),
  );
  const best = Math.min(...scores.map(({ scorePct }) => scorePct));
  return scores.find(({ scorePct }) => scorePct === best);
}

function scoreOf(
  configurations: readonly ConfigurationRuns[],
  spreads: LearntSpreads,
  prior: CorrectionPrior,
): readonly PriorScore[] {
  const judged = SIZES.flatMap((size) => heldOutRuns(configurations, spreads, prior, size));
  if (judged.length === 0) return [];
  const errors = pairedErrors(judged.flatMap(({ pairs }) => pairs));
  const mapePct = (metric: string): number =>
    errors.find((each) => each.metric === metric)?.corrected.mapePct ?? 0;
  return [{ ...prior, scorePct: mapePct('itlMeanMs') + FIRST_TOKEN_WEIGHT * mapePct('ttftMeanMs') }];
}
