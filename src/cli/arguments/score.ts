import { Option, type Command } from 'commander';
import type { ScoreOptions } from '../commands/score.js';
import type { MergeSweepOptions } from '../commands/sweep.js';
import { conclude } from '../conclude.js';
import { DEFAULT_COEFFICIENTS } from '../defaults.js';
import { declareCommand } from './command.js';
import { sweepFormat } from './sweep.js';

const suiteOption = ['--suite <folder>', 'suite with the measurements (default: the public suite)'] as const;

const takesRecords = (command: Command): Command =>
  command
    .option('--coefficients <name>', 'set the predictions were made with', DEFAULT_COEFFICIENTS)
    .option('--out <file>', 'also write the result as JSON, for `trueline report`')
    .option('--force', 'replace the file if it is there');

/** `trueline score FROZEN` */
export const declareScore = (program: Command): Command =>
  takesRecords(
    declareCommand(
      program,
      'score',
      'Compare frozen predictions with measurements that came later.',
      'trueline score predictions.json --suite my-suite --out result.json',
    )
      .argument('<predictions>', 'file written by `trueline predict --freeze`')
      .option(...suiteOption),
  ).action((path: string, options: ScoreOptions) =>
    conclude(options, async () => (await import('../commands/score.js')).score([path], options)),
  );

/** `trueline merge SHARD...` */
export const declareMerge = (program: Command): Command =>
  takesRecords(
    declareCommand(
      program,
      'merge',
      'Join the shards of a validation, or of a sweep, into the result one run would have given.',
      'trueline merge shard-1.json shard-2.json --out result.json',
    )
      .argument('<shards...>', 'files written by `trueline validate --shard` or `trueline sweep --shard`')
      .option(...suiteOption)
      .addOption(new Option('--sweep <plan>', 'plan of the sweep that the shards are of').conflicts('suite'))
      .addOption(sweepFormat()),
  ).action((shards: string[], options: ScoreOptions | MergeSweepOptions) =>
    conclude(options, async () =>
      'sweep' in options
        ? (await import('../commands/sweep.js')).mergeSweep(shards, options)
        : (await import('../commands/score.js')).score(shards, options),
    ),
  );
