import { availableParallelism } from 'node:os';
import { readCatalog, readCoefficientSet, type CoefficientSet } from '../coefficients/index.js';
import { TruelineError } from '../errors.js';
import { readSuite } from '../ingest/index.js';
import { inShard, toRecord, type ReplayRecord, type Shard } from '../record/index.js';
import type { Split } from '../trace/experiment.js';
import type { Suite } from '../trace/suite.js';
import {
  planSuite,
  replayInParallel,
  type PlannedExperiment,
  type ReplayedExperiment,
} from '../validate/index.js';
import { defaultSuiteFolder } from './defaults.js';
import { startProgress } from './progress.js';

/** Options of every command that replays a suite. */
export interface SuiteReplayOptions {
  readonly coefficients: string;
  readonly seeds: number;
  readonly firstSeed: number;
  /** Off with `--no-intervals`. */
  readonly intervals: boolean;
  readonly coldStart?: true;
  readonly split: Split | 'all';
  readonly workers?: number;
}

/** A suite with the coefficients it is to be replayed with, and the replays planned. */
export interface PlannedSuite {
  readonly suite: Suite;
  readonly set: CoefficientSet;
  readonly plan: readonly PlannedExperiment[];
}

/** What is replayed, and how: the part of the options that a record keeps. */
export type Replays = Pick<ReplayRecord, 'seeds' | 'intervals' | 'coldStart' | 'split'>;

/** The replays that the options ask for. */
export const replaysOf = ({
  seeds,
  firstSeed,
  intervals,
  coldStart,
  split,
}: SuiteReplayOptions): Replays => ({
  seeds: Array.from({ length: seeds }, (_, i) => firstSeed + i),
  intervals,
  coldStart: coldStart === true,
  split,
});

/**
 * @param folder the public suite when absent
 * @throws SUITE_INVALID when the split is empty; any code of the readers
 */
export const planSuiteReplay = async (
  folder: string | undefined,
  coefficients: string,
  replays: Replays,
): Promise<PlannedSuite> =>
  planReplaysOf(await readSuite(folder ?? defaultSuiteFolder()), coefficients, replays);

/** Plans the replays of a suite that was read, or made. @throws SUITE_INVALID; any code of the readers */
export async function planReplaysOf(
  whole: Suite,
  coefficients: string,
  { split, ...replays }: Replays,
): Promise<PlannedSuite> {
  const facts = await readCatalog();
  const set = await readCoefficientSet(coefficients);
  const suite = onlySplit(whole, split);
  return { suite, set, plan: planSuite(suite, { set, facts, ...replays }) };
}

/** Replays a plan, or a part of one, on worker threads, with progress. */
export async function replayWithProgress(
  plan: readonly PlannedExperiment[],
  threads: number = availableParallelism(),
): Promise<ReplayedExperiment[]> {
  const progress = await startProgress('replays');
  const onReplayed = (done: number, total: number): void => progress.update(done, total);
  return replayInParallel(plan, { threads, onReplayed }).finally(() => progress.stop());
}

/** Replays one shard of a suite and keeps what came out. @throws the codes of `planSuiteReplay` */
export async function recordShard(
  folder: string | undefined,
  options: SuiteReplayOptions,
  shard: Shard,
): Promise<ReplayRecord> {
  const replays = replaysOf(options);
  const planned = await planSuiteReplay(folder, options.coefficients, replays);
  return replayShard(planned, replays, shard, options.workers);
}

/** Replays one shard of a plan and keeps what came out. */
export async function replayShard(
  { suite, set, plan }: PlannedSuite,
  replays: Replays,
  shard: Shard,
  threads?: number,
): Promise<ReplayRecord> {
  const replayed = await replayWithProgress(inShard(plan, shard), threads);
  return toRecord({ suite: suite.name, coefficientSet: set.name, ...replays, shard }, replayed);
}

/** The experiments of one split, with the peers' predictions for them. @throws SUITE_INVALID when there are none */
function onlySplit(suite: Suite, split: Split | 'all'): Suite {
  if (split === 'all') return suite;
  const experiments = suite.experiments.filter((experiment) => experiment.split === split);
  if (experiments.length === 0)
    throw new TruelineError('SUITE_INVALID', `suite ${suite.name} has no ${split} experiments`, {
      hint: 'Use --split all.',
    });
  return { ...suite, experiments };
}
