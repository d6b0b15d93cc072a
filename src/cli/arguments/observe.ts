import { Option, type Command } from 'commander';
import type { ObserveOptions } from '../commands/observe.js';
import { conclude } from '../conclude.js';
import { declareCommand } from './command.js';
import { addLoadOptions } from './load.js';
import { positive, seed } from './numbers.js';

/** `trueline observe URL [EXPERIMENT]` */
export const declareObserve = (program: Command): Command =>
  addLoadOptions(
    declareCommand(
      program,
      'observe',
      'Send a workload to an OpenAI-compatible server and record what its clients see.',
      'trueline observe http://localhost:8000 --rate 4 --duration 60 --prompt-tokens 500 --output-tokens 250 \\\n' +
        '    --out traces/my-run',
    )
      .argument('<url>', 'root of the server')
      .argument('[experiment]', 'experiment file (YAML) with the load; without one, the options describe it'),
  )
    .addOption(
      new Option('--endpoint <name>', 'completions take token ids (exact lengths), chats take text')
        .choices(['completions', 'chat'])
        .default('completions'),
    )
    .option('--model <name>', "the server's name of the model (default: its first)")
    .option('--warm-up <n>', 'requests sent before the load and not recorded', seed, 0)
    .option(
      '--timeout <seconds>',
      'clients give up so long after sending (default: as the load says)',
      positive,
    )
    .option('--api-key-env <name>', 'environment variable that holds the key of the server')
    .option('--seed <n>', 'seed of arrivals, lengths and prompts', seed, 0)
    .requiredOption('--out <dir>', 'trace folder to write')
    .option('--trace-v2 <dir>', "folder to write the requests to in BLIS's TraceV2, with the times of chunks")
    .option('--force', 'replace what is there')
    .action((url: string, experiment: string | undefined, options: ObserveOptions) =>
      conclude(options, async () =>
        (await import('../commands/observe.js')).observeServer(url, experiment, options),
      ),
    );
