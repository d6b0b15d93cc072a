import type { BasisContext } from '../basis/index.js';
import type { Catalog } from '../coefficients/index.js';
import type { Workload } from '../trace/experiment.js';
import type { ServedOptions } from './arguments/served.js';
import { planLoad, type LoadOptions } from './load-plan.js';
import { resolveServed } from './served.js';

/** What is served on what, and the load on it. */
export interface SimulationPlan {
  readonly context: BasisContext;
  readonly workload: Workload;
  readonly workloadName?: string;
}

/** Options that say what to simulate. */
export interface PlanOptions extends ServedOptions, LoadOptions {}

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
  const { workload, workloadName, served, file } = await planLoad(experiment, options);
  const context = await resolveServed(catalog, options, served, file);
  return { context, workload, ...(workloadName === undefined ? {} : { workloadName }) };
}
