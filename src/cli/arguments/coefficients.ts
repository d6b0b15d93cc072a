import { Option, type Command } from 'commander';
import type { CanaryOptions } from '../commands/coefficients/canary.js';
import type { CheckSetsOptions } from '../commands/coefficients/check.js';
import type { DiffOptions } from '../commands/coefficients/diff.js';
import type { ExportOptions } from '../commands/coefficients/export.js';
import type { ImportOptions } from '../commands/coefficients/import.js';
import type { ResolveOptions } from '../commands/coefficients/resolve.js';
import type { ShowOptions } from '../commands/coefficients/show.js';
import { conclude, type CommonOptions } from '../conclude.js';
import { DEFAULT_COEFFICIENTS } from '../defaults.js';
import { declareCommand } from './command.js';
import { positive } from './numbers.js';
import { addServedOptions } from './served.js';

/** `trueline coefficients …`: what is in coefficient sets, and whether to trust it. */
export function declareCoefficients(program: Command): Command {
  const coefficients = declareCommand(
    program,
    'coefficients',
    'Show, compare, resolve, check and exchange coefficient sets.',
    'trueline coefficients show op-roofline',
  );
  declareShow(coefficients);
  declareDiff(coefficients);
  declareCanary(coefficients);
  declareResolve(coefficients);
  declareCheckSets(coefficients);
  declareExport(coefficients);
  declareImport(coefficients);
  declareSchema(coefficients);
  return coefficients;
}

const formatOption = (): Option =>
  new Option('--format <name>', 'how to render it').choices(['terminal', 'markdown']).default('terminal');

const declareShow = (parent: Command): Command =>
  declareCommand(
    parent,
    'show',
    'Every number with its error, origin and what to make of it.',
    'trueline coefficients show op-roofline',
  )
    .argument('<set>', 'shipped set or coefficient file')
    .addOption(formatOption())
    .action((set: string, options: ShowOptions) =>
      conclude(options, async () => (await import('../commands/coefficients/show.js')).showSet(set, options)),
    );

const declareDiff = (parent: Command): Command =>
  addServedOptions(
    declareCommand(
      parent,
      'diff',
      'Which coefficients moved between two sets and what that does to step times; exit code 1 when any moved.',
      'trueline coefficients diff before.json after.json --model qwen3-14b --gpu H100',
    ),
  )
    .argument('<before>', 'shipped set or coefficient file')
    .argument('<after>', 'another of the same basis')
    .addOption(formatOption())
    .action((before: string, after: string, options: DiffOptions) =>
      conclude(options, async () =>
        (await import('../commands/coefficients/diff.js')).diffCoefficients(before, after, options),
      ),
    );

const declareCanary = (parent: Command): Command =>
  addServedOptions(
    declareCommand(
      parent,
      'canary',
      'Score a set on a few new runs: still true, drifted, or too noisy to say; exit code 1 when it drifted.',
      'trueline coefficients canary op-roofline traces/after-upgrade --model qwen3-14b --gpu H100',
    ),
  )
    .argument('<set>', 'shipped set or coefficient file')
    .argument('<inputs...>', 'recorded runs with requests (any supported format), or one suite folder')
    .option('--only <id...>', 'score these experiments or runs only')
    .option(
      '--before <inputs...>',
      'the same runs, measured when the set was true: what it is off by anyway then cancels',
    )
    .option(
      '--tolerance <pct>',
      'mean error of ITL and E2E that would matter; twice that of TTFT',
      positive,
      5,
    )
    .addOption(formatOption())
    .action((set: string, inputs: string[], options: CanaryOptions) =>
      conclude(options, async () =>
        (await import('../commands/coefficients/canary.js')).canary(set, inputs, options),
      ),
    );

const declareResolve = (parent: Command): Command =>
  addServedOptions(
    declareCommand(
      parent,
      'resolve',
      'Which number of which layer serves a prediction, and how far it extrapolates.',
      'trueline coefficients resolve --model qwen3-14b --gpu H200 --tensor-parallel 2',
    ),
  )
    .option('--coefficients <name>', 'shipped set or coefficient file', DEFAULT_COEFFICIENTS)
    .addOption(formatOption())
    .action((options: ResolveOptions) =>
      conclude(options, async () =>
        (await import('../commands/coefficients/resolve.js')).resolveSet(options),
      ),
    );

const declareCheckSets = (parent: Command): Command =>
  declareCommand(
    parent,
    'check',
    'Refit sets from their sources; exit code 1 unless the files come out byte for byte.',
    'trueline coefficients check',
  )
    .argument('[sets...]', 'shipped sets or coefficient files (default: all that ship)')
    .option('--suite <dir>', 'suite to refit (default: the public suite that ships with Trueline)')
    .action((sets: string[], options: CheckSetsOptions) =>
      conclude(options, async () =>
        (await import('../commands/coefficients/check.js')).checkSets(sets, options),
      ),
    );

const declareExport = (parent: Command): Command =>
  declareCommand(
    parent,
    'export',
    'Write a set as YAML or JSON, or one of a trained-physics basis as BLIS reads it.',
    'trueline coefficients export op-roofline --format yaml --out op-roofline.yaml',
  )
    .argument('<set>', 'shipped set or coefficient file')
    .addOption(
      new Option('--format <name>', 'blis: the block trained_physics_coefficients; yaml, json: the whole set')
        .choices(['blis', 'yaml', 'json'])
        .default('blis'),
    )
    .option('--out <file>', 'file to write (default: print it)')
    .option('--force', 'replace the file if it is there')
    .action((set: string, options: ExportOptions) =>
      conclude(options, async () =>
        (await import('../commands/coefficients/export.js')).exportSet(set, options),
      ),
    );

const declareImport = (parent: Command): Command =>
  declareCommand(
    parent,
    'import',
    'Read the trained_physics_coefficients of BLIS into a set that prices steps.',
    'trueline coefficients import defaults.yaml --gpu H100 --out blis.json',
  )
    .argument('<file>', 'YAML file with the block, alone or among others')
    .option('--gpu <name...>', 'GPUs the coefficients are said to hold for (default: not stated)')
    .option('--engine-version <version>', 'vLLM release they are said to hold for (default: not stated)')
    .option('--out <file>', 'coefficient file to write')
    .option('--force', 'replace the file if it is there')
    .action((file: string, options: ImportOptions) =>
      conclude(options, async () =>
        (await import('../commands/coefficients/import.js')).importSet(file, options),
      ),
    );

const declareSchema = (parent: Command): Command =>
  declareCommand(
    parent,
    'schema',
    'Print the JSON Schema of coefficient files.',
    'trueline coefficients schema > coefficient-set.schema.json',
  ).action((options: CommonOptions) =>
    conclude(options, async () => (await import('../commands/coefficients/schema.js')).printSchema()),
  );
