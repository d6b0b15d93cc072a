import { TruelineError } from '../errors.js';
import { fingerprint } from '../text/fingerprint.js';
import type { Split } from '../trace/experiment.js';
import type { Refusal } from '../trace/suite.js';
import type { PlannedExperiment, ReplayedExperiment, ReplayOutcome } from '../validate/index.js';

/** Which part of a suite a record holds: part `index` of `count`, from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** What was predicted for one experiment, and from what. */
export interface RecordedExperiment {
  readonly experiment: string;
  /** SHA-256 of all that decides the prediction: server, workload, model, GPU, operator times, coefficients, seeds. */
  readonly inputs: string;
  /** One per replay. */
  readonly outcomes: readonly ReplayOutcome[];
  /** Why there are none. */
  readonly refusal?: Refusal;
}

/** Replays without the measurements they will be held against: made before a GPU run, or on one of many machines. */
export interface ReplayRecord {
  readonly formatVersion: 1;
  readonly suite: string;
  readonly coefficientSet: string;
  readonly seeds: readonly number[];
  /** Whether replays for prediction intervals were made too. */
  readonly intervals: boolean;
  /** Whether servers compiled kernels when first needed. */
  readonly coldStart: boolean;
  /** Which experiments of the suite the run was about. */
  readonly split: Split | 'all';
  readonly shard: Shard;
  readonly experiments: readonly RecordedExperiment[];
}

/** The experiments of a shard: every `count`-th, so that all shards have some of each kind. */
export const inShard = <T>(items: readonly T[], { index, count }: Shard): T[] =>
  items.filter((_, i) => i % count === index - 1);

/** SHA-256 of what decides a prediction; titles, sources, measurements and where coefficients come from do not. */
function inputsOf({ experiment, jobs, refusal }: PlannedExperiment): string {
  const { model, gpu, server, workload } = experiment;
  if (jobs.length === 0) return fingerprint({ model, gpu, server, workload, refusal });
  return fingerprint(
    jobs.map(({ set: { name: _name, description: _description, fit: _fit, ...coefficients }, ...job }) => ({
      ...job,
      experiment: { server, workload },
      coefficients,
    })),
  );
}

/** What a record keeps of replays. */
export const toRecord = (
  head: Omit<ReplayRecord, 'formatVersion' | 'experiments'>,
  replayed: readonly ReplayedExperiment[],
): ReplayRecord => ({
  formatVersion: 1,
  ...head,
  experiments: replayed.map((entry) => ({
    experiment: entry.experiment.id,
    inputs: inputsOf(entry),
    outcomes: entry.outcomes,
    ...(entry.refusal && { refusal: entry.refusal }),
  })),
});

const listed = (ids: readonly string[]): string =>
  `${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ` and ${ids.length - 5} more` : ''}`;

function refuse(found: string, hint: string): never {
  throw new TruelineError('RECORD_INVALID', found, { hint });
}

/** Records by their experiments. @throws RECORD_INVALID when one is in two of them, or they are not of one run */
function collect(records: readonly ReplayRecord[]): Map<string, RecordedExperiment> {
  const [first, ...others] = records;
  if (first === undefined) refuse('there are no records to join', 'Name at least one.');
  const odd = others.find(
    (record) =>
      record.suite !== first.suite ||
      record.split !== first.split ||
      record.shard.count !== first.shard.count ||
      record.intervals !== first.intervals ||
      record.coldStart !== first.coldStart ||
      fingerprint(record.seeds) !== fingerprint(first.seeds),
  );
  if (odd !== undefined)
    refuse(
      'the records are of different runs: suite, seeds or number of shards differ',
      'Join the shards of one run.',
    );
  const twice = records.find(
    (record, i) => records.findIndex((other) => other.shard.index === record.shard.index) !== i,
  );
  if (twice !== undefined) refuse(`shard ${twice.shard.index} is there twice`, 'Name each shard once.');
  return new Map(records.flatMap((record) => record.experiments).map((entry) => [entry.experiment, entry]));
}

function missing(
  plan: readonly PlannedExperiment[],
  known: ReadonlyMap<string, RecordedExperiment>,
): string[] {
  return plan.map(({ experiment }) => experiment.id).filter((id) => !known.has(id));
}

/**
 * Puts recorded predictions beside the experiments they are for.
 * @param plan of the whole suite with today's coefficients and facts
 * @throws RECORD_INVALID when an experiment is missing, or anything that decides its prediction changed since
 */
export function replayedFromRecords(
  records: readonly ReplayRecord[],
  plan: readonly PlannedExperiment[],
): ReplayedExperiment[] {
  const known = collect(records);
  const absent = missing(plan, known);
  if (absent.length > 0)
    refuse(`the records lack experiments of the suite: ${listed(absent)}`, 'Name the records of all shards.');
  const changed = plan.filter((entry) => known.get(entry.experiment.id)?.inputs !== inputsOf(entry));
  if (changed.length > 0)
    refuse(
      `what decides the prediction changed since it was made, for ${listed(changed.map((entry) => entry.experiment.id))}`,
      'Score with the configuration, coefficients and version of Trueline that the predictions were made with.',
    );
  return plan.map((entry) => ({ ...entry, outcomes: known.get(entry.experiment.id)?.outcomes ?? [] }));
}
