import * as z from 'zod';
import { WORKLOAD_PRESETS, type WorkloadPresetName } from '../engine/index.js';
import type { Experiment } from '../trace/experiment.js';
import type { ServerConfig } from '../trace/server-config.js';
import { inlineWorkload } from './inline-workload.js';

const PRESETS: readonly string[] = Object.keys(WORKLOAD_PRESETS);

/** The name of a published workload, as plans state it. */
export const workloadPreset = z.custom<WorkloadPresetName>(
  (name) => typeof name === 'string' && PRESETS.includes(name),
  `not one of ${PRESETS.join(', ')}`,
);

/** A run nobody has made: what is served, where, and under which load. */
export interface UnmeasuredRun {
  readonly model: string;
  readonly gpu: string;
  readonly server: ServerConfig;
  readonly workload: WorkloadPresetName;
  readonly ratePerS: number;
  readonly durationS: number;
}

/**
 * Such a run as an experiment without measurements, titled with what it is.
 * @param settings more of the server that tells it from its like, for the title
 */
export function unmeasuredExperiment(
  { model, gpu, server, workload, ratePerS, durationS }: UnmeasuredRun,
  settings: readonly (keyof ServerConfig)[] = [],
): Experiment {
  const more = settings.map((name) => `, ${name} ${String(server[name])}`).join('');
  const id = `${model} on ${server.tensorParallelSize} × ${gpu}, ${workload} at ${ratePerS}/s${more}`;
  return {
    id,
    title: id,
    split: 'test',
    model,
    gpu,
    server,
    workloadName: workload,
    workload: inlineWorkload({ workload, rate: ratePerS, duration: durationS }),
    measured: [],
    source: 'planned',
  };
}
