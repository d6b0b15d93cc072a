import type { Command } from 'commander';
import type { PredictOptions } from '../commands/predict.js';
import { conclude } from '../conclude.js';
import { declareCommand } from './command.js';
import { takesSuiteReplay } from './suite-replay.js';

/** `trueline predict [SUITE]` */
export const declarePredict = (program: Command): Command =>
  takesSuiteReplay(
    declareCommand(
      program,
      'predict',
      'Predict experiments before they are measured; freeze the predictions to be scored later.',
      'trueline predict my-suite --freeze predictions.json',
    ),
  )
    .option('--freeze <file>', 'write the predictions with what they were made from, and their SHA-256')
    .option('--force', 'replace the file if it is there')
    .action((suite: string | undefined, options: PredictOptions) =>
      conclude(options, async () => (await import('../commands/predict.js')).predict(suite, options)),
    );
