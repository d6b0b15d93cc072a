import type { Command } from 'commander';
import { conclude } from '../conclude.js';
import type { ValidateOptions } from '../commands/validate.js';
import { declareCommand } from './command.js';
import { shardOf } from './numbers.js';
import { takesSuiteReplay } from './suite-replay.js';

/** `trueline validate [SUITE]` */
export const declareValidate = (program: Command): Command =>
  takesSuiteReplay(
    declareCommand(
      program,
      'validate',
      'Replay measured experiments in simulation and compare every figure.',
      'trueline validate --split test --seeds 5 --out result.json',
    ),
  )
    .option('--shard <i/n>', 'replay part i of n only and write it to --out, for `trueline merge`', shardOf)
    .option('--out <file>', 'also write the result as JSON, for `trueline report`')
    .option('--force', 'replace the file if it is there')
    .action((suite: string | undefined, options: ValidateOptions) =>
      conclude(options, async () => (await import('../commands/validate.js')).validate(suite, options)),
    );
