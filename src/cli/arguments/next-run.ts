import { Option, type Command } from 'commander';
import type { NextRunOptions } from '../commands/next-run.js';
import type { RetrospectiveOptions } from '../commands/next-run-retrospective.js';
import { conclude } from '../conclude.js';
import { DEFAULT_COEFFICIENTS } from '../defaults.js';
import { declareCommand, refuseOptionsBefore } from './command.js';
import { count, countUpTo } from './numbers.js';

const formatOption = (): Option =>
  new Option('--format <name>', 'how to render it').choices(['terminal', 'markdown']).default('terminal');

/** `trueline next-run PLAN` */
export function declareNextRun(program: Command): void {
  const nextRun = declareCommand(
    program,
    'next-run',
    'Which runs to measure next: what each would teach about your targets, per GPU-minute.',
    'trueline next-run plan.yaml',
  )
    .argument('<plan>', 'YAML file of candidates and targets')
    .option('--coefficients <name>', 'shipped set or coefficient file', DEFAULT_COEFFICIENTS)
    .addOption(
      new Option('--criterion <name>', 'I: predictions at the targets; D: the coefficients')
        .choices(['I', 'D'])
        .default('I'),
    )
    .option('--batch <n>', 'how many runs to choose (default: rank all)', count)
    .addOption(formatOption())
    .action((plan: string, options: NextRunOptions) =>
      conclude(options, async () => (await import('../commands/next-run.js')).nextRun(plan, options)),
    );
  declareRetrospective(nextRun);
}

const declareRetrospective = (nextRun: Command): Command =>
  declareCommand(
    nextRun,
    'retrospective',
    'Whether recommended orders of a train split would have beaten random ones on the test split.',
    'trueline next-run retrospective --format markdown',
  )
    .argument('[suite]', 'suite folder (default: the public suite that ships with Trueline)')
    .addOption(
      new Option('--basis <name>', 'terms that are fitted, from their priors')
        .choices(['roofline', 'op-roofline', 'trained-physics'])
        .default('op-roofline'),
    )
    .option('--orders <n>', 'random orders', countUpTo(10_000), 200)
    .addOption(formatOption())
    .action((suite: string | undefined, options: RetrospectiveOptions) => {
      refuseOptionsBefore(nextRun, 'retrospective', 'a plan');
      return conclude(options, async () =>
        (await import('../commands/next-run-retrospective.js')).nextRunInRetrospect(suite, options),
      );
    });
