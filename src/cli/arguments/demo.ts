import type { Command } from 'commander';
import { conclude, type CommonOptions } from '../conclude.js';
import { declareCommand } from './command.js';

/** `trueline demo` */
export const declareDemo = (program: Command): Command =>
  declareCommand(
    program,
    'demo',
    'Run the whole pipeline on data that ships with Trueline: ingest, fit, replay, report. Writes nothing.',
    'trueline demo',
  ).action((options: CommonOptions) =>
    conclude(options, async () => (await import('../commands/demo.js')).demo()),
  );
