import type { Command } from 'commander';

/** Adds a command with what all commands have: `--json` and an example under its help. */
export const declareCommand = (
  program: Command,
  name: string,
  description: string,
  example: string,
): Command =>
  program
    .command(name)
    .description(description)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', `\nExample:\n  ${example}`);
