import type { Command } from 'commander';
import type { InspectOptions } from '../commands/inspect.js';
import { conclude } from '../conclude.js';
import { declareCommand } from './command.js';
import { addServedOptions } from './served.js';

/** `trueline inspect PATH` */
export const declareInspect = (program: Command): Command =>
  addServedOptions(
    declareCommand(
      program,
      'inspect',
      'Show what is in measurements and what a fit could learn from them.',
      'trueline inspect traces/my-run --gpu H100',
    ),
  )
    .argument(
      '<path>',
      'trace folder, a file or folder in any supported format, a folder of runs, or a suite',
    )
    .action((path: string, options: InspectOptions) =>
      conclude(options, async () => (await import('../commands/inspect.js')).inspect(path, options)),
    );
