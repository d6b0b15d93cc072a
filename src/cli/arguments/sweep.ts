import { Option, type Command } from 'commander';
import type { SweepOptions } from '../commands/sweep.js';
import { conclude } from '../conclude.js';
import { DEFAULT_COEFFICIENTS } from '../defaults.js';
import { declareCommand } from './command.js';
import { countUpTo, seed, shardOf } from './numbers.js';

/** How the predictions of a sweep are shown. */
export const sweepFormat = (): Option =>
  new Option('--format <name>', 'how to render a sweep')
    .choices(['terminal', 'markdown', 'csv'])
    .default('terminal');

/** `trueline sweep PLAN` */
export const declareSweep = (program: Command): Command =>
  declareCommand(
    program,
    'sweep',
    'Simulate every configuration of a plan: models, GPUs, server settings, workloads and rates.',
    'trueline sweep plan.yaml --format csv',
  )
    .argument('<plan>', 'YAML file of grids; see docs/sweep.md')
    .option('--coefficients <name>', 'shipped set or coefficient file', DEFAULT_COEFFICIENTS)
    .option('--seeds <n>', 'replays per configuration', countUpTo(1000), 1)
    .option('--first-seed <n>', 'the replays use this seed and those after it', seed, 0)
    .option('--workers <n>', 'threads (default: one per core)', countUpTo(1000))
    .option('--shard <i/n>', 'simulate part i of n only and write it to --out, for `trueline merge`', shardOf)
    .addOption(sweepFormat())
    .option('--out <file>', 'also write the result as JSON')
    .option('--force', 'replace the file if it is there')
    .action((plan: string, options: SweepOptions) =>
      conclude(options, async () => (await import('../commands/sweep.js')).sweep(plan, options)),
    );
