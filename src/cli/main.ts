#!/usr/bin/env node
import { createColors } from 'picocolors';
import { showsColour } from './colour.js';
import { describeFailure } from './failure.js';
import { commandCalled, createProgram } from './program.js';

// A reader that has seen enough (`trueline … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const program = createProgram();
try {
  await program.parseAsync();
} catch (error) {
  const failure = describeFailure(error, commandCalled(program, process.argv.slice(2)));
  process.exitCode = failure.exitCode;
  if (failure.text !== '') {
    const colours = createColors(showsColour(process.stderr));
    process.stderr.write(`${colours.red(failure.text)}\n`);
  }
  if (process.env['TRUELINE_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
}
