import { TruelineError } from '../errors.js';
import type { ValidationResult } from '../validate/index.js';
import type { Baseline } from './baseline.js';
import { driftRows } from './drift.js';
import { errorFidelity, type NoisyFigure } from './fidelity.js';
import { pairFigures, sameSeeds } from './paired-figures.js';
import { rankFidelity } from './rank-fidelity.js';
import { replicateNoise, type ReplicateNoise } from './replicate-noise.js';
import { seedNoisePct } from './seed-noise.js';
import { predictionShifts } from './shift.js';
import type { GateResult, Verdict } from './verdict.js';

/** Whole runs that both sides have, with their noise. One whose seeds' noise is unknown has that of its measurement. */
function noisyRuns(
  baseline: Baseline,
  result: ValidationResult,
  noise: readonly ReplicateNoise[],
): NoisyFigure[] {
  const noisePct = new Map(noise.map((entry) => [entry.metric, entry.noisePct]));
  const runs = pairFigures(baseline, result).filter((figure) => figure.stage === 'all');
  const counts = { baseline: baseline.seeds.length, now: result.seeds.length };
  const seeds = sameSeeds(baseline, result) ? runs.map(() => 0) : seedNoisePct(runs, counts);
  return runs.map((figure, i) => {
    const replicateNoisePct = noisePct.get(figure.metric)!;
    return { ...figure, replicateNoisePct, seedNoisePct: seeds[i] ?? replicateNoisePct };
  });
}

const passes = (rows: readonly { readonly verdict: Verdict }[]): boolean =>
  rows.every((row) => row.verdict !== 'fail');

/**
 * Holds a validation against the baseline. Two verdicts: *drift*, whether predictions are what they were; *fidelity*,
 * whether errors against the measurements grew beyond noise. Pure; the same inputs give the same answer.
 * @throws BASELINE_INVALID when the two are of different suites or have no whole run in common
 */
export function checkAgainstBaseline(baseline: Baseline, result: ValidationResult): GateResult {
  if (baseline.suite !== result.suite)
    throw new TruelineError(
      'BASELINE_INVALID',
      `the baseline is of suite ${baseline.suite}, the result of suite ${result.suite}`,
      { hint: 'Name the baseline of the same suite, or one that is not there yet.' },
    );
  const noise = replicateNoise(result);
  const runs = noisyRuns(baseline, result, noise);
  if (runs.length === 0)
    throw new TruelineError('BASELINE_INVALID', 'the result has no whole run in common with the baseline', {
      hint: 'Validate the same experiments, or remove the baseline and write a first one with --update-baseline.',
    });
  const drift = driftRows(baseline, result);
  const seeds = { baseline: baseline.seeds.length, now: result.seeds.length };
  const shifts = sameSeeds(baseline, result) ? [] : predictionShifts(runs, seeds);
  const fidelity = [...errorFidelity(runs), ...rankFidelity(runs)];
  return {
    suite: result.suite,
    baselineCoefficientSet: baseline.coefficientSet,
    coefficientSet: result.coefficientSet,
    sameSeeds: sameSeeds(baseline, result),
    replicateNoise: noise,
    drift: { passed: passes(drift) && passes(shifts), rows: drift, shifts },
    fidelity: { passed: passes(fidelity), rows: fidelity },
  };
}
