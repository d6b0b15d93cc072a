import type { CoefficientSet } from '../coefficients/coefficient-set.js';
import { TruelineError } from '../errors.js';
import type { Suite } from '../trace/suite.js';
import { compareSuite, type ReplayedExperiment } from './compare-suite.js';
import { attemptReplay, type ReplayOutcome } from './replay-outcome.js';
import { planReplays, type FactSource, type PlannedExperiment, type ReplayOptions } from './replay-plan.js';
import { replayInPool } from './replay-pool.js';
import type { ValidationResult } from './validation-result.js';

/** With what, and how, a suite is validated. */
export interface ValidateOptions extends ReplayOptions {
  readonly set: CoefficientSet;
  /** Models and GPUs the suite does not bring itself: the shipped catalogue, as a rule. */
  readonly facts: FactSource;
  /** Called after each replay. */
  readonly onReplayed?: (done: number, total: number) => void;
}

const jobCount = (plan: readonly PlannedExperiment[]): number =>
  plan.reduce((sum, entry) => sum + entry.jobs.length, 0);

/**
 * What a validation of the suite will replay.
 * @throws USAGE without seeds; SUITE_INVALID without experiments
 */
export function planSuite(suite: Suite, options: ValidateOptions): PlannedExperiment[] {
  if (options.seeds.length === 0) throw new TruelineError('USAGE', 'a validation needs at least one seed');
  if (suite.experiments.length === 0) {
    throw new TruelineError('SUITE_INVALID', `suite ${suite.name} has no experiments to validate`);
  }
  return planReplays(suite, options.facts, options.set, options);
}

/** Hands each planned experiment its outcomes, given in job order. */
function withOutcomes(
  plan: readonly PlannedExperiment[],
  outcomes: readonly ReplayOutcome[],
): ReplayedExperiment[] {
  let next = 0;
  return plan.map((entry) => {
    const own = outcomes.slice(next, next + entry.jobs.length);
    next += entry.jobs.length;
    return { ...entry, outcomes: own };
  });
}

/**
 * Replays every experiment of a suite and compares each figure with the measured one, on the calling thread. What cannot
 * be replayed is listed in the result with its reason, and counts as a failure there.
 * @throws USAGE without seeds; SUITE_INVALID without experiments
 */
export function validateSuite(suite: Suite, options: ValidateOptions): ValidationResult {
  const plan = planSuite(suite, options);
  const total = jobCount(plan);
  const outcomes = plan
    .flatMap((entry) => entry.jobs)
    .map((job, i) => {
      const outcome = attemptReplay(job);
      options.onReplayed?.(i + 1, total);
      return outcome;
    });
  return compareSuite(suite, options.set, options.seeds, withOutcomes(plan, outcomes));
}

/** `validateSuite` with the replays spread over worker threads: the same result, sooner. */
export async function validateSuiteInParallel(
  suite: Suite,
  options: ValidateOptions & { readonly threads: number },
): Promise<ValidationResult> {
  const replayed = await replayInParallel(planSuite(suite, options), options);
  return compareSuite(suite, options.set, options.seeds, replayed);
}

/** Runs the replays of a plan, or of a part of one, on worker threads. */
export async function replayInParallel(
  plan: readonly PlannedExperiment[],
  { threads, onReplayed }: Pick<ValidateOptions, 'onReplayed'> & { readonly threads: number },
): Promise<ReplayedExperiment[]> {
  const total = jobCount(plan);
  const jobs = plan.flatMap((entry) => entry.jobs);
  const outcomes = await replayInPool(jobs, threads, (done) => onReplayed?.(done, total));
  return withOutcomes(plan, outcomes);
}
