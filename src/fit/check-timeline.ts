import type { StepColumns } from '../trace/trace.js';
import { TruelineError } from '../errors.js';
import type { CumulativeFeatures } from './cumulative-features.js';

/** Relative disagreement between two ways of adding up the same step times that rounding can explain. */
const ROUNDING_RATIO = 1e-6;

/**
 * A linearisation is only right when the steps of the timeline cost what the coefficients say: Σ β·features must be the
 * simulated period, step by step.
 * @param weights coefficients of the feature columns, 1 for the fixed one
 * @throws FIT_INVALID at the first step that disagrees
 */
export function assertStepsPriced(
  name: string,
  steps: StepColumns,
  { width, totals }: CumulativeFeatures,
  weights: Float64Array,
): void {
  let before = 0;
  for (let step = 0; step < steps.count; step++) {
    const after = dotAt(totals, (step + 1) * width, weights);
    const periodUs = steps.periodUs[step]!;
    if (!(Math.abs(after - before - periodUs) <= ROUNDING_RATIO * periodUs + ROUNDING_RATIO)) {
      throw new TruelineError(
        'FIT_INVALID',
        `${name}: step ${steps.id[step]!} took ${periodUs} µs in the simulation, its terms add up to ${after - before} µs`,
        { hint: 'Simulate with the latency model and the basis context the fit was given.' },
      );
    }
    before = after;
  }
}

/**
 * The part of a simulated span that neither steps nor front end explain (waits between steps), in µs.
 * @throws FIT_INVALID when they add up to more than the span
 */
export function unexplainedUs(name: string, spanUs: number, explainedUs: number): number {
  const restUs = spanUs - explainedUs;
  if (Math.abs(restUs) <= ROUNDING_RATIO * spanUs) return 0;
  if (restUs > 0) return restUs;
  throw new TruelineError('FIT_INVALID', `${name}: its parts add up to ${explainedUs} µs of ${spanUs} µs`, {
    hint: 'The step indices of the simulated requests are wrong.',
  });
}

function dotAt(values: Float64Array, at: number, weights: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < weights.length; j++) sum += weights[j]! * values[at + j]!;
  return sum;
}
