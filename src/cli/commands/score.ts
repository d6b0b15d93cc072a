import { TruelineError } from '../../errors.js';
import { replayedFromRecords } from '../../record/index.js';
import { renderValidationTerminal } from '../../report/index.js';
import { compareSuite } from '../../validate/index.js';
import type { CommonOptions } from '../conclude.js';
import type { Outcome } from '../outcome.js';
import { readRecord } from '../record-file.js';
import { planSuiteReplay } from '../suite-replay.js';
import { renderValidationResult } from '../validation-result-file.js';
import { checkFileDestination, writeFileAtomic } from '../write-atomic.js';

/** Options of `trueline score` and `trueline merge`. */
export interface ScoreOptions extends CommonOptions {
  readonly suite?: string;
  readonly coefficients: string;
  readonly out?: string;
  readonly force?: true;
}

/**
 * Compares recorded predictions with the measurements of a suite: the result `trueline validate` would have given when they
 * were made. Nothing is replayed.
 * @throws RECORD_INVALID when shards are missing, or when a configuration, a fact or a coefficient changed since
 */
export async function score(paths: readonly string[], options: ScoreOptions): Promise<Outcome> {
  const write = { force: options.force === true };
  if (options.out !== undefined) checkFileDestination(options.out, write);
  const records = await Promise.all(paths.map(readRecord));
  const [replays] = records;
  if (replays === undefined) throw new TruelineError('USAGE', 'there is nothing to score');
  const { suite, set, plan } = await planSuiteReplay(options.suite, options.coefficients, replays);
  const result = compareSuite(suite, set, replays.seeds, replayedFromRecords(records, plan));
  if (options.out !== undefined) writeFileAtomic(options.out, [renderValidationResult(result)], write);
  return {
    text: (terminal) => renderValidationTerminal(result, terminal),
    json: () => result,
    passed: result.notSimulated.length === 0,
  };
}
