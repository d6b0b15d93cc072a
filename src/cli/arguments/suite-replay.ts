import { Option, type Command } from 'commander';
import { DEFAULT_COEFFICIENTS } from '../defaults.js';
import { countUpTo, seed } from './numbers.js';

/** Adds what every command takes that replays a suite. */
export const takesSuiteReplay = (command: Command): Command =>
  command
    .argument('[suite]', 'suite folder (default: the public suite that ships with Trueline)')
    .option('--coefficients <name>', 'shipped set or coefficient file', DEFAULT_COEFFICIENTS)
    .option('--seeds <n>', 'replays per experiment', countUpTo(1000), 3)
    .option('--first-seed <n>', 'the replays use this seed and those after it', seed, 0)
    .addOption(
      new Option('--split <name>', 'which experiments').choices(['train', 'test', 'all']).default('all'),
    )
    .option('--no-intervals', 'leave out prediction intervals, which take two more replays per experiment')
    .option(
      '--cold-start',
      'kernels of 16-bit experts compile when first needed (default: a server that was warmed up)',
    )
    .option('--workers <n>', 'threads (default: one per core)', countUpTo(1000));
