import type { Command } from 'commander';
import { TruelineError } from '../../errors.js';

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
    .helpCommand(false)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', `\nExample:\n  ${example}`);

/**
 * Refuses options of a command that stand before the word of its sub-command: they would be lost.
 * @param what the command's own argument is, for the hint
 * @throws USAGE
 */
export function refuseOptionsBefore(parent: Command, word: string, what: string): void {
  const given = parent.options.find(
    (option) => parent.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (given === undefined) return;
  throw new TruelineError('USAGE', `${given.long ?? given.flags} stands before \`${word}\``, {
    hint: `Put options after \`${word}\`; ${what} of that name is \`./${word}\`.`,
  });
}
