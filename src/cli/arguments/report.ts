import { Option, type Command } from 'commander';
import { conclude } from '../conclude.js';
import type { ReportOptions } from '../commands/report.js';
import { declareCommand } from './command.js';

/** `trueline report RESULT.json [MORE.json…]` */
export const declareReport = (program: Command): Command =>
  declareCommand(
    program,
    'report',
    'Render a saved validation, or hold several against the first.',
    'trueline report result.json --format html --out result.html',
  )
    .argument('<result...>', 'files written by `trueline validate --out`')
    .addOption(
      new Option('--format <name>', 'how to render it')
        .choices(['terminal', 'markdown', 'html', 'csv', 'json', 'latex'])
        .default('terminal'),
    )
    .option('--coefficients <name>', 'with one result: add the card of this shipped set or coefficient file')
    .option('--out <file>', 'write the report to a file')
    .option('--figures <folder>', 'with Markdown or LaTeX: draw the charts there, as SVG')
    .option('--force', 'replace the file and the folder if they are there')
    .action((paths: [string, ...string[]], options: ReportOptions) =>
      conclude(options, async () => (await import('../commands/report.js')).report(paths, options)),
    );
