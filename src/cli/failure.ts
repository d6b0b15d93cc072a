import { CommanderError } from 'commander';
import { TruelineError, renderError } from '../errors.js';
import { EXIT } from './exit-code.js';

/** How a command ended that did not come to a result. */
export interface Failure {
  readonly exitCode: number;
  /** For stderr; empty when everything was said already. */
  readonly text: string;
}

/** Commander's own wording ("error: unknown option '--modl'\n(Did you mean --model?)") as one of our errors. */
function usageError(error: CommanderError, command: string): TruelineError {
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const hint = [suggestion?.replace(/[()]/g, ''), `Run \`${command} --help\` for what it takes.`];
  return new TruelineError('USAGE', message.replace(/\.$/, ''), { hint: hint.filter(Boolean).join(' ') });
}

/**
 * What to say and which code to leave with. Bad input and usage say what was found and what to do; anything else is a
 * bug in Trueline and says so in one line.
 * @param command the command as it was called, e.g. `trueline fit`
 */
export function describeFailure(error: unknown, command: string): Failure {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return { exitCode: EXIT.ok, text: '' };
    if (error.code === 'commander.help') return { exitCode: EXIT.badInput, text: '' };
    return { exitCode: EXIT.badInput, text: renderError(usageError(error, command)) };
  }
  if (error instanceof TruelineError) {
    const exitCode = error.code === 'ENGINE_LAW_BROKEN' ? EXIT.bug : EXIT.badInput;
    return { exitCode, text: renderError(error) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    exitCode: EXIT.bug,
    text: `${message.split('\n')[0] ?? ''}: this is a bug in Trueline\n  Please report it; TRUELINE_DEBUG=1 shows where it happened.`,
  };
}
