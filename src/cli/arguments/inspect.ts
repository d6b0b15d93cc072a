import type { Command } from 'commander';
import { conclude, type CommonOptions } from '../conclude.js';
import { declareCommand } from './command.js';

/** `trueline inspect PATH` */
export const declareInspect = (program: Command): Command =>
  declareCommand(
    program,
    'inspect',
    'Show what is in measurements and what they are good for.',
    'trueline inspect traces/my-run',
  )
    .argument(
      '<path>',
      'trace folder, a file or folder in any supported format, a folder of runs, or a suite',
    )
    .action((path: string, options: CommonOptions) =>
      conclude(options, async () => (await import('../commands/inspect.js')).inspect(path)),
    );
