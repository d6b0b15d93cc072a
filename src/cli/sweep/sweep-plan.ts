import * as z from 'zod';
import { TruelineError } from '../../errors.js';
import { checkShape } from '../../text/check-shape.js';
import { parseYamlDocument } from '../../text/parse-document.js';
import type { Experiment } from '../../trace/experiment.js';
import { DEFAULT_SERVER, type ServerConfig } from '../../trace/server-config.js';
import type { Suite } from '../../trace/suite.js';
import { unmeasuredExperiment, workloadPreset } from '../unmeasured-run.js';
import { readText } from '../read-json-file.js';

/** More configurations than this in one plan are refused: a slip of the pen multiplies fast. */
const MAX_CONFIGURATIONS = 100_000;

const whole = z.int().positive();

/** One value, or a list of them that multiplies the grid. */
const oneOrMore = <T>(value: z.ZodType<T>) =>
  z.preprocess((found: unknown): unknown => (Array.isArray(found) ? found : [found]), z.array(value).min(1));

const grid = z.strictObject({
  model: oneOrMore(z.string().min(1)),
  gpu: oneOrMore(z.string().min(1)),
  workload: oneOrMore(workloadPreset),
  ratesPerS: oneOrMore(z.number().positive()),
  durationS: z.number().positive(),
  tensorParallel: z.exactOptional(oneOrMore(whole)),
  dataParallel: z.exactOptional(oneOrMore(whole)),
  maxNumSeqs: z.exactOptional(oneOrMore(whole)),
  maxNumBatchedTokens: z.exactOptional(oneOrMore(whole)),
  gpuMemoryUtilizationRatio: z.exactOptional(oneOrMore(z.number().gt(0).max(1))),
  prefixCaching: z.exactOptional(oneOrMore(z.boolean())),
});
type Grid = z.infer<typeof grid>;

const planFile = z.strictObject({ name: z.string().min(1), grids: z.array(grid).min(1) });

/** Settings of the server that a grid can vary, by their name in the plan. */
const SERVER_SETTINGS = [
  ['tensorParallel', 'tensorParallelSize'],
  ['dataParallel', 'dataParallelSize'],
  ['maxNumSeqs', 'maxNumSeqs'],
  ['maxNumBatchedTokens', 'maxNumBatchedTokens'],
  ['gpuMemoryUtilizationRatio', 'gpuMemoryUtilizationRatio'],
  ['prefixCaching', 'prefixCaching'],
] as const satisfies readonly (readonly [keyof Grid, keyof ServerConfig])[];

type Setting = string | number | boolean;

/** Every combination of one value from each list; later lists vary fastest. */
const combinations = (lists: readonly (readonly Setting[])[]): Setting[][] =>
  lists.reduce<Setting[][]>(
    (all, list) => all.flatMap((head) => list.map((value) => [...head, value])),
    [[]],
  );

function configurationsOf(planned: Grid): Experiment[] {
  const settings = SERVER_SETTINGS.filter(([name]) => planned[name] !== undefined);
  const varied = settings.flatMap(([, key]) => (key === 'tensorParallelSize' ? [] : key));
  const servers = combinations(settings.map(([name]) => planned[name] ?? [])).map((values): ServerConfig => ({
    ...DEFAULT_SERVER,
    ...Object.fromEntries(settings.map(([, key], i) => [key, values[i]])),
  }));
  return planned.model.flatMap((model) =>
    planned.gpu.flatMap((gpu) =>
      servers.flatMap((server) =>
        planned.workload.flatMap((workload) =>
          planned.ratesPerS.map((ratePerS) =>
            unmeasuredExperiment(
              { model, gpu, server, workload, ratePerS, durationS: planned.durationS },
              varied,
            ),
          ),
        ),
      ),
    ),
  );
}

/** How many configurations a grid stands for. */
const sizeOf = (planned: Grid): number =>
  Object.values(planned).reduce<number>((n, value) => n * (Array.isArray(value) ? value.length : 1), 1);

/**
 * Reads the YAML of `trueline sweep`: grids whose lists multiply. Nothing in it is measured.
 * @throws FILE_NOT_FOUND; KEY_UNKNOWN for a misspelt key; EXPERIMENT_INVALID for anything else that does not fit, with its
 * line, for a configuration that is there twice, and for more than 100,000 of them
 */
export async function readSweepPlan(file: string): Promise<Suite> {
  const text = await readText(file, 'Write one: see docs/sweep.md.');
  const { name, grids } = checkShape(planFile, parseYamlDocument(text, file), 'EXPERIMENT_INVALID');
  const size = grids.reduce((sum, planned) => sum + sizeOf(planned), 0);
  if (size > MAX_CONFIGURATIONS)
    throw new TruelineError('EXPERIMENT_INVALID', `the grids multiply to ${size} configurations`, {
      file,
      hint: `Keep to ${MAX_CONFIGURATIONS}, or split the plan.`,
    });
  const experiments = grids.flatMap(configurationsOf);
  refuseTwice(experiments, file);
  return {
    name,
    description: `${experiments.length} configurations`,
    source: 'planned',
    experiments,
    models: {},
    refusedModels: {},
    peers: [],
    diagnostics: [],
  };
}

function refuseTwice(experiments: readonly Experiment[], file: string): void {
  const seen = new Set<string>();
  for (const { id } of experiments) {
    if (seen.has(id))
      throw new TruelineError('EXPERIMENT_INVALID', `the plan has "${id}" twice`, {
        file,
        hint: 'Remove the value, or the grid, that repeats.',
      });
    seen.add(id);
  }
}
