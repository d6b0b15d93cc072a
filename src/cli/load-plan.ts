import { requestTraceWorkload } from '../engine/index.js';
import { readExperiment } from '../ingest/index.js';
import type { Workload } from '../trace/experiment.js';
import type { TraceMeta } from '../trace/trace.js';
import { inlineWorkload, saidTwice, type InlineLoad } from './inline-workload.js';
import { readTrace } from './read-trace.js';

/** Options that say which load. */
export interface LoadOptions extends InlineLoad {
  /** Trace whose requests are sent again. */
  readonly replay?: string;
}

/** A load, and what the file that describes it says was served. */
export interface LoadPlan {
  readonly workload: Workload;
  readonly workloadName?: string;
  readonly served?: Pick<TraceMeta, 'model' | 'gpu' | 'server'>;
  readonly file?: string;
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
 * The load of an experiment file, of a recorded trace, or as the options describe it.
 * @throws USAGE when that is unclear; the codes of the readers
 */
export async function planLoad(experiment: string | undefined, options: LoadOptions): Promise<LoadPlan> {
  const given = LOAD_OPTIONS.find(([name]) => options[name] !== undefined)?.[1];
  if (experiment !== undefined) {
    const extra = options.replay === undefined ? given : '--replay';
    if (extra !== undefined) throw saidTwice(extra, 'an experiment file');
    return planFromFile(experiment);
  }
  if (options.replay !== undefined) {
    if (given !== undefined) throw saidTwice(given, '--replay');
    return planFromTrace(options.replay);
  }
  return { workload: inlineWorkload(options), ...named(options.workload) };
}

async function planFromFile(file: string): Promise<LoadPlan> {
  const experiment = await readExperiment(file);
  const { workload, workloadName } = experiment;
  return { workload, workloadName, served: experiment, file };
}

async function planFromTrace(file: string): Promise<LoadPlan> {
  const trace = await readTrace(file);
  const workload = requestTraceWorkload(trace, file);
  return { workload, served: trace.meta, file, ...named(trace.meta.workloadName) };
}

const named = (workloadName: string | undefined): Pick<LoadPlan, 'workloadName'> =>
  workloadName === undefined ? {} : { workloadName };
