import { Option, type Command } from 'commander';
import { WORKLOAD_PRESETS } from '../../engine/workload/presets.js';
import { count, positive } from './numbers.js';

/** Adds the options that describe a load: a recorded trace, a rate or users, and lengths. */
export const addLoadOptions = (command: Command): Command =>
  command
    .option('--replay <trace>', 'send the requests of a recorded trace again (any format `ingest` reads)')
    .addOption(
      new Option('--workload <name>', 'lengths of a published workload').choices(
        Object.keys(WORKLOAD_PRESETS),
      ),
    )
    .option('--rate <perSecond>', 'requests per second', positive)
    .option('--duration <seconds>', 'length of the load', positive)
    .option(
      '--users <n>',
      'instead of a rate: users who each wait for a response before they send again',
      count,
    )
    .option('--requests <n>', 'requests the users send in all', count)
    .option('--prompt-tokens <n>', 'tokens of a prompt', count)
    .option('--output-tokens <n>', 'tokens every request generates', count)
    .option('--distinct-prompts <n>', 'prompts sent round robin (default: every prompt is new)', count);
