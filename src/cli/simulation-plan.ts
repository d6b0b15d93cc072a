import type { BasisContext } from '../basis/index.js';
import type { Catalog } from '../coefficients/index.js';
import { requestTraceWorkload } from '../engine/index.js';
import { ingestPath, readExperiment } from '../ingest/index.js';
import type { Workload } from '../trace/experiment.js';
import type { ServedOptions } from './arguments/served.js';
import { inlineWorkload, saidTwice, type InlineLoad } from './inline-workload.js';
import { resolveServed } from './served.js';

/** What is served on what, and the load on it. */
export interface SimulationPlan {
  readonly context: BasisContext;
  readonly workload: Workload;
  readonly workloadName?: string;
}

/** Options that say what to simulate. */
export interface PlanOptions extends ServedOptions, InlineLoad {
  /** Trace whose requests are sent again. */
  readonly replay?: string;
}

const LOAD_OPTIONS: readonly (readonly [keyof InlineLoad, string])[] = [
  ['workload', '--workload'],
  ['rate', '--rate'],
  ['duration', '--duration'],
  ['users', '--users'],
  ['requests', '--requests'],
  ['promptTokens', '--prompt-tokens'],
  ['outputTokens', '--output-tokens'],
  ['distinctPrompts', '--distinct-prompts'],
];

/**
 * What to simulate: an experiment file, a recorded trace, or the load the options describe, with another model, GPU or
 * parallelism where the options say so.
 * @throws USAGE when that is unclear; the codes of the readers
 */
export async function planSimulation(
  catalog: Catalog,
  experiment: string | undefined,
  options: PlanOptions,
): Promise<SimulationPlan> {
  const given = LOAD_OPTIONS.find(([name]) => options[name] !== undefined)?.[1];
  if (experiment !== undefined) {
    const extra = options.replay === undefined ? given : '--replay';
    if (extra !== undefined) throw saidTwice(extra, 'an experiment file');
    return planFromFile(catalog, experiment, options);
  }
  if (options.replay !== undefined) {
    if (given !== undefined) throw saidTwice(given, '--replay');
    return planFromTrace(catalog, options.replay, options);
  }
  const workload = inlineWorkload(options);
  return { context: await resolveServed(catalog, options), workload, ...named(options.workload) };
}

async function planFromFile(catalog: Catalog, path: string, options: PlanOptions): Promise<SimulationPlan> {
  const experiment = await readExperiment(path);
  const context = await resolveServed(catalog, options, experiment, path);
  return { context, workload: experiment.workload, workloadName: experiment.workloadName };
}

async function planFromTrace(catalog: Catalog, path: string, options: PlanOptions): Promise<SimulationPlan> {
  const trace = await ingestPath(path);
  const context = await resolveServed(catalog, options, trace.meta, path);
  return { context, workload: requestTraceWorkload(trace, path), ...named(trace.meta.workloadName) };
}

const named = (workloadName: string | undefined): Pick<SimulationPlan, 'workloadName'> =>
  workloadName === undefined ? {} : { workloadName };
