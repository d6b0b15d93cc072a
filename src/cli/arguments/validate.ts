import { Option, type Command } from 'commander';
import { conclude } from '../conclude.js';
import { DEFAULT_COEFFICIENTS } from '../defaults.js';
import type { ValidateOptions } from '../commands/validate.js';
import { declareCommand } from './command.js';
import { countUpTo, seed } from './numbers.js';

/** `trueline validate [SUITE]` */
export const declareValidate = (program: Command): Command =>
  declareCommand(
    program,
    'validate',
    'Replay measured experiments in simulation and compare every figure.',
    'trueline validate --split test --seeds 5 --out result.json',
  )
    .argument('[suite]', 'suite folder (default: the public suite that ships with Trueline)')
    .option('--coefficients <name>', 'shipped set or coefficient file', DEFAULT_COEFFICIENTS)
    .option('--seeds <n>', 'replays per experiment', countUpTo(1000), 3)
    .option('--first-seed <n>', 'the replays use this seed and those after it', seed, 0)
    .addOption(
      new Option('--split <name>', 'which experiments').choices(['train', 'test', 'all']).default('all'),
    )
    .option('--no-intervals', 'leave out prediction intervals, which take two more replays per experiment')
    .option('--workers <n>', 'threads (default: one per core)', countUpTo(1000))
    .option('--out <file>', 'also write the result as JSON, for `trueline report`')
    .option('--force', 'replace the file if it is there')
    .action((suite: string | undefined, options: ValidateOptions) =>
      conclude(options, async () => (await import('../commands/validate.js')).validate(suite, options)),
    );
