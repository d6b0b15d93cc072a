import { Option, type Command } from 'commander';
import { conclude } from '../conclude.js';
import type { ReportOptions } from '../commands/report.js';
import { declareCommand } from './command.js';

/** `trueline report RESULT.json` */
export const declareReport = (program: Command): Command =>
  declareCommand(
    program,
    'report',
    'Render a saved validation result.',
    'trueline report result.json --format markdown --out result.md',
  )
    .argument('<result>', 'file written by `trueline validate --out`')
    .addOption(
      new Option('--format <name>', 'how to render it').choices(['terminal', 'markdown']).default('terminal'),
    )
    .option('--out <file>', 'write the report to a file')
    .option('--force', 'replace the file if it is there')
    .action((path: string, options: ReportOptions) =>
      conclude(options, async () => (await import('../commands/report.js')).report(path, options)),
    );
