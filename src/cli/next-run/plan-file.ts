import * as z from 'zod';
import { checkShape } from '../../text/check-shape.js';
import { parseYamlDocument } from '../../text/parse-document.js';
import type { Candidate } from '../../fit/index.js';
import type { Experiment } from '../../trace/experiment.js';
import { DEFAULT_SERVER } from '../../trace/server-config.js';
import { unmeasuredExperiment, workloadPreset } from '../unmeasured-run.js';
import { readText } from '../read-json-file.js';

const positive = z.number().positive();

const run = z.strictObject({
  model: z.string().min(1),
  gpu: z.string().min(1),
  tensorParallel: z.exactOptional(z.int().positive()),
  workload: workloadPreset,
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
export async function readRunPlan(file: string): Promise<RunPlan> {
  const text = await readText(file, 'Write one: see docs/next-run.md.');
  const { candidates, targets } = checkShape(planFile, parseYamlDocument(text, file), 'EXPERIMENT_INVALID');
  return { candidates: candidates.flatMap(candidatesOf), targets: targets.flatMap(experimentsOf) };
}

/** `gpuMinutes` and `setupMinutes` are those of one run each. */
const candidatesOf = ({ gpuMinutes, setupMinutes, ...planned }: z.infer<typeof candidate>): Candidate[] =>
  experimentsOf(planned).map((experiment) => ({
    experiment,
    ...(gpuMinutes !== undefined && { gpuMinutes }),
    ...(setupMinutes !== undefined && { setupMinutes }),
  }));

function experimentsOf({ tensorParallel = 1, ratesPerS, ...planned }: z.infer<typeof run>): Experiment[] {
  const server = { ...DEFAULT_SERVER, tensorParallelSize: tensorParallel };
  return ratesPerS.map((ratePerS) => unmeasuredExperiment({ ...planned, server, ratePerS }));
}
