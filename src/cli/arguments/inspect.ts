import type { Command } from 'commander';
import { conclude, type CommonOptions } from '../conclude.js';
import { declareCommand } from './command.js';

/** `trueline inspect PATH` */
export const declareInspect = (program: Command): Command =>
  declareCommand(
    program,
    'inspect',
    'Show what is in a measurement and what it is good for.',
    'trueline inspect traces/my-run',
  )
    .argument('<path>', 'trace folder, or a file or folder in any supported format')
    .action((path: string, options: CommonOptions) =>
      conclude(options, async () => (await import('../commands/inspect.js')).inspect(path)),
    );
