import { Option, type Command } from 'commander';
import type { AblateOptions } from '../commands/ablate.js';
import { conclude } from '../conclude.js';
import { declareCommand, refuseOptionsBefore } from './command.js';

/** `trueline fit ablate [SUITE]` */
export const declareAblate = (fit: Command): Command =>
  declareCommand(
    fit,
    'ablate',
    'Refit op-roofline without one thing after the other: what earns its place on unseen models? Takes minutes.',
    'trueline fit ablate validation/public-suite',
  )
    .argument(
      '[suite]',
      'suite folder (default: the public suite that ships with Trueline); its train split is used',
    )
    .addOption(
      new Option('--format <form>', 'form of the text').choices(['terminal', 'markdown']).default('terminal'),
    )
    .action((suite: string | undefined, options: AblateOptions) => {
      refuseOptionsBefore(fit, 'ablate', 'a trace folder');
      return conclude(options, async () =>
        (await import('../commands/ablate.js')).ablateSuite(suite, options),
      );
    });
