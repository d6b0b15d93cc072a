import { Option, type Command } from 'commander';
import { conclude } from '../conclude.js';
import type { FitOptions } from '../commands/fit.js';
import { basisOption } from './basis-option.js';
import { declareCommand } from './command.js';
import { nonNegative, priorSds } from './numbers.js';
import { addServedOptions } from './served.js';

/** `trueline fit INPUT…` */
export const declareFit = (program: Command): Command =>
  addServedOptions(
    declareCommand(
      program,
      'fit',
      'Fit step-time coefficients to measurements: step traces, per-request logs or a benchmark suite.',
      'trueline fit traces/my-run --model llama-3.1-8b-instruct --gpu H100 --out coefficients.json',
    ),
  )
    .argument('<inputs...>', 'traces (any supported format), or one suite folder: its train split is fitted')
    .addOption(basisOption())
    .option(
      '--prior-weight <w>',
      'weight of the priors, as a relative error of a row (default: 0.02; 0 = data alone)',
      nonNegative,
    )
    .option(
      '--prior-sd <term=sd...>',
      'spread of the prior of a term, 0 holds it at its mean; with --correct: of stepScale and frontScale',
      priorSds,
    )
    .addOption(
      new Option(
        '--correct <set>',
        'fit nothing anew: learn a correction of this set (name or file) for each configuration, shrunk towards it',
      ).conflicts(['basis', 'priorWeight']),
    )
    .option('--hold-out <name...>', 'inputs, or experiments of a suite, to keep back and score the fit on')
    .option('--out <file>', 'coefficient file to write')
    .option('--force', 'replace the file if it is there')
    .action((inputs: string[], { correct, ...options }: FitOptions & { readonly correct?: string }) =>
      conclude(options, async () =>
        correct === undefined
          ? (await import('../commands/fit.js')).fit(inputs, options)
          : (await import('../commands/correct.js')).correct(inputs, { ...options, correct }),
      ),
    );
