#!/usr/bin/env node
import { createColors } from 'picocolors';
import { showsColour } from './colour.js';
import { describeFailure } from './failure.js';
import { createProgram } from './program.js';

// A reader that has seen enough (`trueline … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const program = createProgram();
try {
  await program.parseAsync();
} catch (error) {
  const named = program.commands.find((command) => command.name() === process.argv[2]);
  const failure = describeFailure(error, named === undefined ? 'trueline' : `trueline ${named.name()}`);
  process.exitCode = failure.exitCode;
  if (failure.text !== '') {
    const colours = createColors(showsColour(process.stderr));
    process.stderr.write(`${colours.red(failure.text)}\n`);
  }
  if (process.env['TRUELINE_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
}
