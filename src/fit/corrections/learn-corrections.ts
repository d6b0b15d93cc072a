import type {
  CoefficientSet,
  CoefficientSource,
  ConfigurationCorrection,
} from '../../coefficients/coefficient-set.js';
import { entryValues } from '../../coefficients/price.js';
import type { CorrectionPrior, PredictionUncertainty } from '../../coefficients/uncertainty.js';
import { TruelineError } from '../../errors.js';
import type { Experiment } from '../../trace/experiment.js';
import { refuseTestSplit, type BenchmarkFitInput } from '../fit-benchmarks.js';
import { splitRuns } from '../run-split.js';
import { errorPairs, pairedErrors, type PairedErrors } from './corrected-errors.js';
import { estimateCorrection, fittedRows, type LogCorrection } from './estimate-correction.js';
import { byConfiguration, measureRuns, type ConfigurationRuns, type MeasuredRun } from './measured-runs.js';

/** A correction and what it makes of the runs it was learnt from, and of those of its configuration that were held out. */
export interface CorrectedConfiguration {
  readonly correction: ConfigurationCorrection;
  readonly fitted: readonly PairedErrors[];
  /** Empty when nothing was held out. */
  readonly heldOut: readonly PairedErrors[];
}

export interface CorrectionOptions {
  /** Ids of experiments that only score the corrections. */
  readonly heldOut?: readonly string[];
  /** Instead of the prior of the set, in whole or in part. */
  readonly prior?: Partial<CorrectionPrior>;
  /** Where experiments were taken from. */
  readonly sourcesOf: (
    experiments: readonly Experiment[],
  ) => readonly Pick<CoefficientSource, 'name' | 'sha256'>[];
}

/**
 * Learns one correction of a set for each configuration among the experiments, from how far the set's entries alone predict
 * them off. Corrections the set already has are not built upon. Two more replays per experiment give the sensitivities.
 * @throws COEFFICIENTS_INVALID when the set does not say how far it is off; FIT_INVALID for an experiment of the test split
 *   that is not held out, and for a configuration without a usable figure; as `splitRuns`
 */
export function learnCorrections(
  input: BenchmarkFitInput,
  set: CoefficientSet,
  { heldOut: heldOutIds, prior: ownPrior = {}, sourcesOf }: CorrectionOptions,
): readonly CorrectedConfiguration[] {
  const { covariance, correctionPrior, ...spreads } = uncertaintyOf(set);
  const prior = { ...correctionPrior, ...ownPrior };
  const split = splitRuns(input.experiments, heldOutIds);
  refuseTestSplit(split.used);
  const coefficients = entryValues(set);
  const measure = (experiments: readonly Experiment[]): readonly ConfigurationRuns[] =>
    byConfiguration(
      measureRuns({ ...input, seeds: [1] }, { experiments, coefficients }, covariance),
      input.contextOf,
    );
  const heldOut = measure(split.heldOut);
  return measure(split.used).map(({ scope, runs }) => {
    const estimate = estimateCorrection(runs, spreads, prior);
    const kept = heldOut.filter((other) => Object.values(other.scope).join() === Object.values(scope).join());
    return {
      correction: {
        scope,
        ...scalesOf(estimate),
        prior,
        experiments: runs.map(({ experiment }) => experiment.id),
        sources: withRows(sourcesOf(runs.map(({ experiment }) => experiment)), runs),
      },
      fitted: errorsOf(runs, estimate),
      heldOut: errorsOf(
        kept.flatMap((other) => other.runs),
        estimate,
      ),
    };
  });
}

const scalesOf = ({ stepLog, stepLogSd, frontLog, frontLogSd }: LogCorrection) => ({
  stepScaleRatio: Math.exp(stepLog),
  stepScaleLogSd: stepLogSd,
  frontScaleRatio: Math.exp(frontLog),
  frontScaleLogSd: frontLogSd,
});

const errorsOf = (runs: readonly MeasuredRun[], estimate: LogCorrection): readonly PairedErrors[] =>
  pairedErrors(runs.flatMap((run) => errorPairs(run, [estimate])));

/** @throws COEFFICIENTS_INVALID */
function uncertaintyOf({
  name,
  uncertainty,
}: CoefficientSet): PredictionUncertainty & Required<Pick<PredictionUncertainty, 'correctionPrior'>> {
  const correctionPrior = uncertainty?.correctionPrior;
  if (uncertainty !== undefined && correctionPrior !== undefined) return { ...uncertainty, correctionPrior };
  throw new TruelineError(
    'COEFFICIENTS_INVALID',
    `set ${name} does not say how far it is off, so nothing says how far to correct it`,
    {
      hint: 'Correct a set fitted to a suite of several models, one of them with two loads: its `uncertainty.correctionPrior`.',
    },
  );
}

/**
 * Sources with what was used of the configuration as a whole: rows are not traced back to files.
 * @throws FIT_INVALID when nothing was
 */
function withRows(
  sources: readonly Pick<CoefficientSource, 'name' | 'sha256'>[],
  runs: readonly MeasuredRun[],
): readonly CoefficientSource[] {
  const rowsUsed = runs.reduce((sum, run) => sum + fittedRows(run).length, 0);
  if (rowsUsed === 0)
    throw new TruelineError(
      'FIT_INVALID',
      `no mean TTFT or time per token of ${runs.map(({ experiment }) => experiment.id).join(', ')} can be compared`,
      { hint: 'Give runs whose requests finish, in the measurement and in simulation.' },
    );
  const measured = runs.reduce((sum, { experiment }) => sum + measuredRows(experiment), 0);
  return sources.map((source) => ({ ...source, rowsUsed, rowsDropped: Math.max(0, measured - rowsUsed) }));
}

/** Two figures per load stage, or of the whole run where there are no stages. */
function measuredRows({ measured }: Experiment): number {
  const stages = measured.filter(({ stage }) => stage !== 'all').length;
  return 2 * (stages === 0 ? measured.length : stages);
}
