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
  `${ids.slice(0, 5).join('; ')}${ids.length > 5 ? `; and ${ids.length - 5} more` : ''}`;

function refuse(found: string, hint: string): never {
  throw new TruelineError('RECORD_INVALID', found, { hint });
}

/** What all shards of one run have in common, by what people call it. */
const COMMON = {
  suite: (record) => record.suite,
  coefficients: (record) => record.coefficientSet,
  seeds: (record) => record.seeds.join(', '),
  split: (record) => record.split,
  'number of shards': (record) => String(record.shard.count),
  'prediction intervals': (record) => String(record.intervals),
  'cold start': (record) => String(record.coldStart),
} as const satisfies Readonly<Record<string, (record: ReplayRecord) => string>>;

/** @throws RECORD_INVALID, naming what differs, when the records are not all of one run */
function refuseOtherRuns(first: ReplayRecord, others: readonly ReplayRecord[]): void {
  for (const other of others)
    for (const [name, of] of Object.entries(COMMON))
      if (of(other) !== of(first))
        refuse(
          `the records are of different runs: ${name} ${of(first)} and ${of(other)}`,
          'Join the shards of one run.',
        );
}

/** Records by their experiments. @throws RECORD_INVALID when one is in two of them, or they are not of one run */
function collect(records: readonly ReplayRecord[]): Map<string, RecordedExperiment> {
  const [first, ...others] = records;
  if (first === undefined) refuse('there are no records to join', 'Name at least one.');
  refuseOtherRuns(first, others);
  const twice = records.find(
    (record, i) => records.findIndex((other) => other.shard.index === record.shard.index) !== i,
  );
  if (twice !== undefined) refuse(`shard ${twice.shard.index} is there twice`, 'Name each shard once.');
  return new Map(records.flatMap((record) => record.experiments).map((entry) => [entry.experiment, entry]));
}

/** The first few shards that are not there: `count` can be anything. */
function firstAbsent(there: ReadonlySet<number>, count: number): number[] {
  const absent: number[] = [];
  for (let index = 1; index <= count && absent.length < 5; index++) if (!there.has(index)) absent.push(index);
  return absent;
}

/** @throws RECORD_INVALID, naming the shards to add where some are not there */
function refuseAbsent(records: readonly ReplayRecord[], absent: readonly string[]): void {
  if (absent.length === 0) return;
  const found = `the records lack experiments of the suite: ${listed(absent)}`;
  const { count } = records[0]!.shard;
  const shards = firstAbsent(new Set(records.map(({ shard }) => shard.index)), count);
  if (shards.length > 0) refuse(found, `Name the records of all ${count} shards, ${shards.join(', ')} too.`);
  refuse(found, `Name the suite or plan they were made of: it is called "${records[0]!.suite}".`);
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
  refuseAbsent(
    records,
    plan.map(({ experiment }) => experiment.id).filter((id) => !known.has(id)),
  );
  const changed = plan.filter((entry) => known.get(entry.experiment.id)?.inputs !== inputsOf(entry));
  if (changed.length > 0)
    refuse(
      `what decides the prediction changed since it was made, for ${listed(changed.map((entry) => entry.experiment.id))}`,
      'Name the suite or plan, the --coefficients and the version of Trueline that the predictions were made with.',
    );
  return plan.map((entry) => ({ ...entry, outcomes: known.get(entry.experiment.id)?.outcomes ?? [] }));
}
