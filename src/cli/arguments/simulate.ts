import type { Command } from 'commander';
import type { SimulateOptions } from '../commands/simulate.js';
import { conclude } from '../conclude.js';
import { DEFAULT_COEFFICIENTS } from '../defaults.js';
import { declareCommand } from './command.js';
import { addLoadOptions } from './load.js';
import { seed } from './numbers.js';
import { addServedOptions } from './served.js';

/** `trueline simulate [EXPERIMENT]` */
export const declareSimulate = (program: Command): Command =>
  addLoadOptions(
    addServedOptions(
      declareCommand(
        program,
        'simulate',
        'Serve a workload on a simulated GPU and report its latencies.',
        'trueline simulate --model llama-3.1-8b-instruct --gpu H100 --rate 8 --duration 120 \\\n' +
          '    --prompt-tokens 500 --output-tokens 250',
      ).argument('[experiment]', 'experiment file (YAML); without one, the options describe the load'),
    ),
  )
    .option('--seed <n>', 'seed of arrivals and lengths', seed, 0)
    .option('--coefficients <name>', 'shipped set or coefficient file', DEFAULT_COEFFICIENTS)
    .option('--no-intervals', 'leave out prediction intervals, which take four more simulations')
    .option('--no-knee', 'leave out the rate at which queues begin to grow, which takes one more simulation')
    .option(
      '--cold-start',
      'kernels of 16-bit experts compile when first needed (default: a server that was warmed up)',
    )
    .option('--check', 'check the laws of the engine at every step (slower)')
    .option('--out <dir>', 'trace folder to write, steps included')
    .option('--trace <dir>', "folder to write the run to as vLLM's own traces, with a timeline for Perfetto")
    .option('--trace-v2 <dir>', "folder to write the requests to in BLIS's TraceV2")
    .option('--force', 'replace what is there')
    .action((experiment: string | undefined, options: SimulateOptions) =>
      conclude(options, async () => (await import('../commands/simulate.js')).simulate(experiment, options)),
    );
