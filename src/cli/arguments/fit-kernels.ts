import type { Command } from 'commander';
import { conclude } from '../conclude.js';
import type { FitKernelsOptions } from '../commands/fit-kernels.js';
import { declareCommand, refuseOptionsBefore } from './command.js';

/** `trueline fit kernels SWEEP` */
export const declareFitKernels = (fit: Command): Command =>
  declareCommand(
    fit,
    'kernels',
    "Fit a GPU's operator times to a kernel sweep; a trace folder of this name is ./kernels.",
    'trueline fit kernels sweep-h100 --gpu H100 --out h100.json',
  )
    .argument('<sweep>', 'folder or file of operator times: Parquet, CSV or JSON lines')
    .option('--gpu <name>', 'GPU: a shipped name, or a data-sheet file (default: the device the sweep names)')
    .option(
      '--source <text>',
      'what the sweep is, as the file should cite it (default: what it says of itself)',
    )
    .option('--out <file>', 'file of operator times to write, as in coefficients/kernels')
    .option('--force', 'replace the file if it is there')
    .action((sweep: string, options: FitKernelsOptions) => {
      refuseOptionsBefore(fit, 'kernels', 'a trace folder');
      return conclude(options, async () =>
        (await import('../commands/fit-kernels.js')).fitKernelSweep(sweep, options),
      );
    });
