import { availableParallelism } from 'node:os';
import { readCatalog, readCoefficientSet } from '../../coefficients/index.js';
import { TruelineError } from '../../errors.js';
import { readSuite } from '../../ingest/index.js';
import { renderValidationTerminal } from '../../report/index.js';
import type { Split } from '../../trace/experiment.js';
import type { Suite } from '../../trace/suite.js';
import { validateSuiteInParallel } from '../../validate/index.js';
import type { CommonOptions } from '../conclude.js';
import type { Outcome } from '../outcome.js';
import { defaultSuiteFolder } from '../defaults.js';
import { startProgress } from '../progress.js';
import { renderValidationResult } from '../validation-result-file.js';
import { checkFileDestination, writeFileAtomic } from '../write-atomic.js';

/** Options of `trueline validate`. */
export interface ValidateOptions extends CommonOptions {
  readonly coefficients: string;
  readonly seeds: number;
  readonly firstSeed: number;
  /** Off with `--no-intervals`. */
  readonly intervals: boolean;
  readonly split: Split | 'all';
  readonly workers?: number;
  readonly out?: string;
  readonly force?: true;
}

/**
 * Replays a suite and compares it with its measurements. Does not pass when an experiment could not be replayed: a
 * validation must not look better for what it leaves out.
 * @throws SUITE_INVALID when the split is empty; any code of the readers
 */
export async function validate(folder: string | undefined, options: ValidateOptions): Promise<Outcome> {
  const write = { force: options.force === true };
  if (options.out !== undefined) checkFileDestination(options.out, write);
  const catalog = await readCatalog();
  const set = await readCoefficientSet(options.coefficients);
  const suite = onlySplit(await readSuite(folder ?? defaultSuiteFolder()), options.split);
  const progress = await startProgress('replays');
  const result = await validateSuiteInParallel(suite, {
    set,
    facts: catalog,
    seeds: Array.from({ length: options.seeds }, (_, i) => options.firstSeed + i),
    intervals: options.intervals,
    threads: options.workers ?? availableParallelism(),
    onReplayed: (done, total) => progress.update(done, total),
  }).finally(() => progress.stop());
  if (options.out !== undefined) writeFileAtomic(options.out, [renderValidationResult(result)], write);
  return {
    text: (terminal) => renderValidationTerminal(result, terminal),
    json: () => result,
    passed: result.notSimulated.length === 0,
  };
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
