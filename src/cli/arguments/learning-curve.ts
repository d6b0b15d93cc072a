import { Option, type Command } from 'commander';
import type { LearningCurveOptions } from '../commands/learning-curve.js';
import { conclude } from '../conclude.js';
import { declareCommand, refuseOptionsBefore } from './command.js';

/** `trueline fit learning-curve [SUITE]` */
export const declareLearningCurve = (fit: Command): Command =>
  declareCommand(
    fit,
    'learning-curve',
    'What do one, two or four experiments of a configuration buy on its other loads? Takes minutes.',
    'trueline fit learning-curve validation/public-suite',
  )
    .argument('[suite]', 'suite folder (default: the public suite that ships with Trueline)')
    .addOption(
      new Option('--format <form>', 'form of the text').choices(['terminal', 'markdown']).default('terminal'),
    )
    .action((suite: string | undefined, options: LearningCurveOptions) => {
      refuseOptionsBefore(fit, 'learning-curve', 'a trace folder');
      return conclude(options, async () =>
        (await import('../commands/learning-curve.js')).learningCurveOfSuite(suite, options),
      );
    });
