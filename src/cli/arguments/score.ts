import type { Command } from 'commander';
import type { ScoreOptions } from '../commands/score.js';
import { conclude } from '../conclude.js';
import { DEFAULT_COEFFICIENTS } from '../defaults.js';
import { declareCommand } from './command.js';

const takesRecords = (command: Command): Command =>
  command
    .option('--suite <folder>', 'suite with the measurements (default: the public suite)')
    .option('--coefficients <name>', 'set the predictions were made with', DEFAULT_COEFFICIENTS)
    .option('--out <file>', 'also write the result as JSON, for `trueline report`')
    .option('--force', 'replace the file if it is there');

const run = (paths: readonly string[], options: ScoreOptions): Promise<void> =>
  conclude(options, async () => (await import('../commands/score.js')).score(paths, options));

/** `trueline score FROZEN` */
export const declareScore = (program: Command): Command =>
  takesRecords(
    declareCommand(
      program,
      'score',
      'Compare frozen predictions with measurements that came later.',
      'trueline score predictions.json --suite my-suite --out result.json',
    ).argument('<predictions>', 'file written by `trueline predict --freeze`'),
  ).action((path: string, options: ScoreOptions) => run([path], options));

/** `trueline merge SHARD...` */
export const declareMerge = (program: Command): Command =>
  takesRecords(
    declareCommand(
      program,
      'merge',
      'Join the shards of a validation into the result one run would have given.',
      'trueline merge shard-1.json shard-2.json --out result.json',
    ).argument('<shards...>', 'files written by `trueline validate --shard`'),
  ).action(run);
