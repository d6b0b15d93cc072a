import { showsColour } from './colour.js';
import { EXIT } from './exit-code.js';
import { renderOutcome, type Outcome } from './outcome.js';

/** Options every command has. */
export interface CommonOptions {
  /** Machine-readable result on stdout instead of text. */
  readonly json?: true;
}

/** Does a command's work, prints its result on stdout and sets the exit code. Errors pass through. */
export async function conclude(options: CommonOptions, work: () => Promise<Outcome>): Promise<void> {
  const outcome = await work();
  process.stdout.write(
    renderOutcome(outcome, options.json === true, { colour: showsColour(process.stdout) }),
  );
  if (!outcome.passed) process.exitCode = EXIT.checkFailed;
}
