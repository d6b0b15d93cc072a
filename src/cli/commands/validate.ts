import type { Shard } from '../../record/index.js';
import { renderValidationTerminal } from '../../report/index.js';
import { compareSuite } from '../../validate/index.js';
import type { CommonOptions } from '../conclude.js';
import type { Outcome } from '../outcome.js';
import { writeShard } from '../shard-file.js';
import {
  planSuiteReplay,
  recordShard,
  replaysOf,
  replayWithProgress,
  type SuiteReplayOptions,
} from '../suite-replay.js';
import { renderValidationResult } from '../validation-result-file.js';
import { checkFileDestination, writeFileAtomic } from '../write-atomic.js';

/** Options of `trueline validate`. */
export interface ValidateOptions extends CommonOptions, SuiteReplayOptions {
  readonly shard?: Shard;
  readonly out?: string;
  readonly force?: true;
}

/**
 * Replays a suite and compares it with its measurements. Does not pass when an experiment could not be replayed: a
 * validation must not look better for what it leaves out.
 * @throws USAGE for a shard without a file; SUITE_INVALID when the split is empty; any code of the readers
 */
export async function validate(folder: string | undefined, options: ValidateOptions): Promise<Outcome> {
  const write = { force: options.force === true };
  if (options.out !== undefined) checkFileDestination(options.out, write);
  const { shard } = options;
  if (shard !== undefined) return writeShard(options, () => recordShard(folder, options, shard));
  const replays = replaysOf(options);
  const { suite, set, plan } = await planSuiteReplay(folder, options.coefficients, replays);
  const replayed = await replayWithProgress(plan, options.workers);
  const result = compareSuite(suite, set, replays.seeds, replayed);
  if (options.out !== undefined) writeFileAtomic(options.out, [renderValidationResult(result)], write);
  return {
    text: (terminal) => renderValidationTerminal(result, terminal),
    json: () => result,
    passed: result.notSimulated.length === 0,
  };
}
