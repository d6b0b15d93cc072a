import { TruelineError } from '../../errors.js';
import { replayedFromRecords, type Shard } from '../../record/index.js';
import { renderSweepCsv, sweepReport } from '../../report/index.js';
import { sweepResult, type ReplayedExperiment } from '../../validate/index.js';
import type { CommonOptions } from '../conclude.js';
import { renderAs, type Outcome, type TextFormat } from '../outcome.js';
import { readRecord } from '../record-file.js';
import { writeShard } from '../shard-file.js';
import {
  planReplaysOf,
  replayShard,
  replayWithProgress,
  type PlannedSuite,
  type Replays,
} from '../suite-replay.js';
import { readSweepPlan } from '../sweep/sweep-plan.js';
import { checkFileDestination, writeFileAtomic } from '../write-atomic.js';

/** Options of `trueline sweep` and `trueline merge --sweep` that say what is made of the predictions. */
export interface SweepOutput extends CommonOptions {
  readonly coefficients: string;
  readonly format: TextFormat | 'csv';
  readonly out?: string;
  readonly force?: true;
}

/** Options of `trueline sweep`. */
export interface SweepOptions extends SweepOutput {
  readonly seeds: number;
  readonly firstSeed: number;
  readonly workers?: number;
  readonly shard?: Shard;
}

/**
 * Simulates every configuration of a plan. One that cannot be served is a finding, not a failure; does not pass when none can.
 * @throws USAGE for a shard without a file to write; the codes of `readSweepPlan` and of the readers
 */
export async function sweep(path: string, options: SweepOptions): Promise<Outcome> {
  const write = { force: options.force === true };
  if (options.out !== undefined) checkFileDestination(options.out, write);
  const { seeds, firstSeed } = options;
  const replays: Replays = {
    seeds: Array.from({ length: seeds }, (_, i) => firstSeed + i),
    intervals: false,
    coldStart: false,
    split: 'all',
  };
  const planned = await planReplaysOf(await readSweepPlan(path), options.coefficients, replays);
  const { shard, workers } = options;
  if (shard !== undefined) return writeShard(options, () => replayShard(planned, replays, shard, workers));
  const replayed = await replayWithProgress(planned.plan, workers);
  return concludeSweep(planned, replays.seeds, replayed, options);
}

/** Options of `trueline merge --sweep`. */
export interface MergeSweepOptions extends SweepOutput {
  readonly sweep: string;
}

/**
 * Joins the shards of a sweep into what one run would have given. Nothing is replayed.
 * @throws RECORD_INVALID when shards are missing, or when the plan or a coefficient changed since
 */
export async function mergeSweep(paths: readonly string[], options: MergeSweepOptions): Promise<Outcome> {
  if (options.out !== undefined) checkFileDestination(options.out, { force: options.force === true });
  const records = await Promise.all(paths.map(readRecord));
  const [replays] = records;
  if (replays === undefined) throw new TruelineError('USAGE', 'there is nothing to join');
  const planned = await planReplaysOf(await readSweepPlan(options.sweep), options.coefficients, replays);
  return concludeSweep(planned, replays.seeds, replayedFromRecords(records, planned.plan), options);
}

function concludeSweep(
  { suite, set }: PlannedSuite,
  seeds: readonly number[],
  replayed: readonly ReplayedExperiment[],
  { format, out, force }: SweepOutput,
): Outcome {
  const result = sweepResult({ sweep: suite.name, coefficientSet: set.name, seeds }, replayed);
  if (out !== undefined)
    writeFileAtomic(out, [`${JSON.stringify(result, null, 1)}\n`], { force: force === true });
  return {
    text: (terminal) =>
      format === 'csv' ? renderSweepCsv(result) : renderAs(format, sweepReport(result), terminal),
    json: () => result,
    passed: result.rows.length > 0,
  };
}
