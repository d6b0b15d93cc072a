import { Option, type Command } from 'commander';
import { LEAVE_OUT_KEYS } from '../../fit/leave-out-keys.js';
import type { CrossValidateOptions } from '../commands/cross-validate.js';
import { conclude } from '../conclude.js';
import { basisOption } from './basis-option.js';
import { declareCommand, refuseOptionsBefore } from './command.js';
import { nonNegative } from './numbers.js';

/** `trueline fit cross-validate [SUITE]` */
export const declareCrossValidate = (fit: Command): Command =>
  declareCommand(
    fit,
    'cross-validate',
    'Predict each model, GPU or workload of a suite from a fit to the others.',
    'trueline fit cross-validate --leave-out model workload',
  )
    .argument('[suite]', 'suite folder (default: the public suite that ships with Trueline)')
    .addOption(
      new Option('--leave-out <key...>', 'what to leave out, one after the other')
        .choices(LEAVE_OUT_KEYS)
        .default(['model']),
    )
    .addOption(
      new Option(
        '--over <experiments>',
        'what is fitted and judged; with all, choose nothing on the result: it has seen the test split',
      )
        .choices(['train', 'all'])
        .default('train'),
    )
    .addOption(basisOption())
    .option('--prior-weight <w>', 'weight of the priors, as in `trueline fit`', nonNegative)
    .addOption(
      new Option('--format <form>', 'form of the text').choices(['terminal', 'markdown']).default('terminal'),
    )
    .action((suite: string | undefined, options: CrossValidateOptions) => {
      refuseOptionsBefore(fit, 'cross-validate', 'a trace folder');
      return conclude(options, async () =>
        (await import('../commands/cross-validate.js')).crossValidateSuite(suite, options),
      );
    });
