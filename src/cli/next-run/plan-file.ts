import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { TruelineError } from '../../errors.js';
import { WORKLOAD_PRESETS, type WorkloadPresetName } from '../../engine/index.js';
import { checkShape } from '../../text/check-shape.js';
import { parseYamlDocument } from '../../text/parse-document.js';
import type { Candidate } from '../../fit/index.js';
import type { Experiment } from '../../trace/experiment.js';
import { DEFAULT_SERVER } from '../../trace/server-config.js';
import { inlineWorkload } from '../inline-workload.js';

const presets: readonly string[] = Object.keys(WORKLOAD_PRESETS);
const isPreset = (name: string): name is WorkloadPresetName => presets.includes(name);
const positive = z.number().positive();

const run = z.strictObject({
  model: z.string().min(1),
  gpu: z.string().min(1),
  tensorParallel: z.exactOptional(z.int().positive()),
  workload: z.string().refine(isPreset, `not one of ${presets.join(', ')}`),
  /** One run for each. */
  ratesPerS: z.array(positive).min(1),
  durationS: positive,
});

const candidate = z
  .strictObject({
    ...run.shape,
    /** All that one run costs. */
    gpuMinutes: z.exactOptional(positive),
    /** Minutes its GPUs are held before the load starts. */
    setupMinutes: z.exactOptional(z.number().nonnegative()),
  })
  .refine(
    ({ gpuMinutes, setupMinutes }) => gpuMinutes === undefined || setupMinutes === undefined,
    'gpuMinutes is all that a run costs: leave out setupMinutes',
  );

const planFile = z.strictObject({ candidates: z.array(candidate).min(1), targets: z.array(run).min(1) });

/** Runs that could be measured, and what is to be predicted well. Nothing in them is measured. */
export interface RunPlan {
  readonly candidates: readonly Candidate[];
  readonly targets: readonly Experiment[];
}

/**
 * Reads the YAML of `trueline next-run`.
 * @throws FILE_NOT_FOUND; KEY_UNKNOWN for a misspelt key, EXPERIMENT_INVALID for anything else that does not fit, with its line
 */
export function readRunPlan(file: string): RunPlan {
  const { candidates, targets } = checkShape(
    planFile,
    parseYamlDocument(textOf(file), file),
    'EXPERIMENT_INVALID',
  );
  return { candidates: candidates.flatMap(candidatesOf), targets: targets.flatMap(experimentsOf) };
}

/** `gpuMinutes` and `setupMinutes` are those of one run each. */
const candidatesOf = ({ gpuMinutes, setupMinutes, ...planned }: z.infer<typeof candidate>): Candidate[] =>
  experimentsOf(planned).map((experiment) => ({
    experiment,
    ...(gpuMinutes !== undefined && { gpuMinutes }),
    ...(setupMinutes !== undefined && { setupMinutes }),
  }));

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TruelineError('FILE_NOT_FOUND', 'no such file, or it cannot be read', { file, cause });
  }
}

function experimentsOf(planned: z.infer<typeof run>): Experiment[] {
  const { model, gpu, tensorParallel = 1, workload, ratesPerS, durationS } = planned;
  return ratesPerS.map((rate) => {
    const id = `${model} on ${tensorParallel} × ${gpu}, ${workload} at ${rate}/s`;
    return {
      id,
      title: id,
      split: 'train',
      model,
      gpu,
      server: { ...DEFAULT_SERVER, tensorParallelSize: tensorParallel },
      workloadName: workload,
      workload: inlineWorkload({ ...(isPreset(workload) && { workload }), rate, duration: durationS }),
      measured: [],
      source: 'planned',
    };
  });
}
