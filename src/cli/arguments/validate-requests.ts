import { Option, type Command } from 'commander';
import type { ValidateRequestsOptions } from '../commands/validate-requests.js';
import { conclude } from '../conclude.js';
import { DEFAULT_COEFFICIENTS } from '../defaults.js';
import { declareCommand, refuseOptionsBefore } from './command.js';
import { addServedOptions } from './served.js';

/** `trueline validate requests RUN…` */
export const declareValidateRequests = (validate: Command): Command =>
  addServedOptions(
    declareCommand(
      validate,
      'requests',
      'Replay recorded runs and compare every request with itself; a suite folder of this name is ./requests.',
      'trueline validate requests logs/monday logs/tuesday --gpu H100',
    ),
  )
    .argument('<runs...>', 'per-request logs or traces (any format `ingest` reads)')
    .option('--coefficients <name>', 'shipped set or coefficient file', DEFAULT_COEFFICIENTS)
    .option(
      '--cold-start',
      'kernels of 16-bit experts compile when first needed (default: a server that was warmed up)',
    )
    .addOption(
      new Option('--format <form>', 'form of the text').choices(['terminal', 'markdown']).default('terminal'),
    )
    .action((runs: string[], options: ValidateRequestsOptions) => {
      refuseOptionsBefore(validate, 'requests', 'a suite folder');
      return conclude(options, async () =>
        (await import('../commands/validate-requests.js')).validateRequests(runs, options),
      );
    });
