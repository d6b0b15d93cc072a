import type { Command } from 'commander';
import { conclude, type CommonOptions } from '../conclude.js';
import { declareCommand } from './command.js';

/** `trueline lint PATH` */
export const declareLint = (program: Command): Command =>
  declareCommand(
    program,
    'lint',
    'Check whether measurements are fit to fit: exit code 1 when a finding is an error.',
    'trueline lint results/my-run --json',
  )
    .argument(
      '<path>',
      'trace folder, a file or folder in any supported format, a folder of runs, or a suite',
    )
    .action((path: string, options: CommonOptions) =>
      conclude(options, async () => (await import('../commands/lint.js')).lint(path)),
    );
