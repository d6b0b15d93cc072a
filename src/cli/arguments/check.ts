import type { Command } from 'commander';
import type { CheckOptions } from '../commands/check.js';
import { conclude } from '../conclude.js';
import { declareCommand } from './command.js';

/** `trueline check RESULT.json --baseline FILE` */
export const declareCheck = (program: Command): Command =>
  declareCommand(
    program,
    'check',
    'Hold a saved validation against an accepted one: exit 1 when it drifted or got worse.',
    'trueline check result.json --baseline validation/public-suite/baseline.json --junit gate.xml',
  )
    .argument('<result>', 'file written by `trueline validate --out`')
    .requiredOption('--baseline <file>', 'the accepted validation')
    .option('--junit <file>', 'also write every verdict as JUnit XML (replaces the file)')
    .option('--github', 'on GitHub Actions: mark failures on the run and write its step summary')
    .option('--update-baseline', 'accept the result: write it to the baseline file')
    .option('--reason <text>', 'why it is accepted; recorded in the baseline')
    .action((path: string, options: CheckOptions) =>
      conclude(options, async () => (await import('../commands/check.js')).check(path, options)),
    );
