import type { Catalog } from '../coefficients/catalog.js';
import type { CoefficientSet } from '../coefficients/coefficient-set.js';
import { kernelsIfKnown, modelFacts } from '../coefficients/index.js';
import type { Experiment } from '../trace/experiment.js';
import type { Refusal, Suite } from '../trace/suite.js';
import { refusalOf } from './replay-outcome.js';
import type { ReplayJob } from './replay.js';

/** Where facts about models and GPUs come from when the suite does not bring them. */
export type FactSource = Pick<Catalog, 'model' | 'gpu' | 'kernels'>;

/** An experiment with its replays (one per seed), or with the reason why it cannot be replayed. */
export interface PlannedExperiment {
  readonly experiment: Experiment;
  readonly jobs: readonly ReplayJob[];
  readonly refusal?: Refusal;
}

/** How often, and how thoroughly, each experiment is replayed. */
export interface ReplayOptions {
  /** One replay each for experiments with synthetic arrivals; recorded requests are replayed once. At least one. */
  readonly seeds: readonly number[];
  /** Also find prediction intervals, at the price of two more replays; defaults to true. */
  readonly intervals?: boolean;
  /** Servers compile kernels when a batch first needs them; defaults to false: they were warmed up. */
  readonly coldStart?: boolean;
}

/** Recorded requests arrive the same way under every seed, so one replay says it all. */
const seedsOf = (experiment: Experiment, seeds: readonly number[]): readonly number[] =>
  experiment.workload.kind === 'request-trace' ? seeds.slice(0, 1) : seeds;

function planExperiment(
  suite: Suite,
  experiment: Experiment,
  facts: FactSource,
  set: CoefficientSet,
  { seeds, intervals = true, coldStart = false }: ReplayOptions,
): PlannedExperiment {
  try {
    const arch = modelFacts(facts, experiment.model, suite);
    const gpu = facts.gpu(experiment.gpu);
    const kernels = kernelsIfKnown(facts, experiment.gpu);
    const jobs = seedsOf(experiment, seeds).map((seed, i) => ({
      experiment,
      arch,
      gpu,
      ...kernels,
      set,
      seed,
      coldStart,
      // one seed is enough: the effect of the step time hardly depends on it
      spread: intervals && i === 0,
      // a flood hardly depends on the arrivals that are drawn
      knee: i === 0,
    }));
    return { experiment, jobs };
  } catch (error) {
    return { experiment, jobs: [], refusal: refusalOf(error) };
  }
}

/** Resolves what each experiment needs. Experiments that cannot be resolved stay in the plan, with their reason. */
export const planReplays = (
  suite: Suite,
  facts: FactSource,
  set: CoefficientSet,
  options: ReplayOptions,
): PlannedExperiment[] =>
  suite.experiments.map((experiment) => planExperiment(suite, experiment, facts, set, options));
