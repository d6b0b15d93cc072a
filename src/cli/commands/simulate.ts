import { latencyModel, readCatalog, readCoefficientSet, type Catalog } from '../../coefficients/index.js';
import { buildRequests, simulate as simulateEngine } from '../../engine/index.js';
import { TruelineError } from '../../errors.js';
import { readExperiment } from '../../ingest/index.js';
import { renderOtlp, renderSimulation } from '../../report/index.js';
import type { BasisContext } from '../../basis/index.js';
import type { Workload } from '../../trace/experiment.js';
import type { Trace } from '../../trace/trace.js';
import type { ServedOptions } from '../arguments/served.js';
import type { CommonOptions } from '../conclude.js';
import { inlineWorkload, type InlineLoad } from '../inline-workload.js';
import type { Outcome } from '../outcome.js';
import { resolveServed } from '../served.js';
import { checkTraceDestination, writeTraceFolder } from '../trace-folder.js';
import { traceSummary } from '../trace-summary.js';
import { checkFileDestination, writeFileAtomic } from '../write-atomic.js';

/** Options of `trueline simulate`. */
export interface SimulateOptions extends CommonOptions, ServedOptions, Partial<InlineLoad> {
  readonly seed: number;
  readonly check?: true;
  readonly coefficients: string;
  readonly out?: string;
  readonly otlp?: string;
  readonly force?: true;
}

/** What is served on what, and the load on it. */
interface Plan {
  readonly context: BasisContext;
  readonly workload: Workload;
  readonly workloadName?: string;
}

/**
 * Simulates an experiment file, or the load the options describe.
 * @throws USAGE when it is unclear what to simulate; FILE_EXISTS before anything is simulated; the codes of the readers,
 * `latencyModel` and the engine
 */
export async function simulate(experiment: string | undefined, options: SimulateOptions): Promise<Outcome> {
  const write = { force: options.force === true };
  if (options.out !== undefined) checkTraceDestination(options.out, write);
  if (options.otlp !== undefined) checkFileDestination(options.otlp, write);
  const catalog = await readCatalog();
  const set = await readCoefficientSet(options.coefficients);
  const { context, workload, workloadName } =
    experiment === undefined
      ? await planFromOptions(catalog, options)
      : await planFromFile(catalog, experiment, options);
  const { trace: simulated, summary } = simulateEngine({
    ...context,
    requests: buildRequests(workload, options.seed),
    latency: latencyModel(set, context),
    recordSteps: true,
    check: options.check === true,
  });
  const trace = {
    ...simulated,
    meta: { ...simulated.meta, ...(workloadName === undefined ? {} : { workloadName }) },
  };
  if (options.out !== undefined) writeTraceFolder(options.out, trace, write);
  if (options.otlp !== undefined) writeFileAtomic(options.otlp, otlpLines(trace), write);
  return {
    text: (terminal) =>
      `${renderSimulation(trace, summary, terminal)}\n\nPriced with coefficients ${set.name}, seed ${options.seed}.`,
    json: () => ({ coefficients: set.name, seed: options.seed, summary, ...traceSummary(trace) }),
    passed: true,
  };
}

function* otlpLines(trace: Trace): Generator<string> {
  for (const line of renderOtlp(trace)) yield `${line}\n`;
}

const LOAD_OPTIONS: readonly (readonly [keyof InlineLoad, string])[] = [
  ['rate', '--rate'],
  ['duration', '--duration'],
  ['promptTokens', '--prompt-tokens'],
  ['outputTokens', '--output-tokens'],
  ['distinctPrompts', '--distinct-prompts'],
];

/** An experiment file, with another model, GPU or parallelism where the options say so. */
async function planFromFile(catalog: Catalog, path: string, options: SimulateOptions): Promise<Plan> {
  const given = LOAD_OPTIONS.find(([name]) => options[name] !== undefined);
  if (given !== undefined)
    throw new TruelineError('USAGE', `${given[1]} and an experiment file both describe the load`, {
      hint: `Leave out ${given[1]}, or the file.`,
    });
  const experiment = await readExperiment(path);
  const context = await resolveServed(catalog, options, experiment, path);
  return { context, workload: experiment.workload, workloadName: experiment.workloadName };
}

async function planFromOptions(catalog: Catalog, options: SimulateOptions): Promise<Plan> {
  const { rate, duration, promptTokens, outputTokens, distinctPrompts } = options;
  if (
    rate === undefined ||
    duration === undefined ||
    promptTokens === undefined ||
    outputTokens === undefined
  )
    throw new TruelineError('USAGE', 'no load to simulate', {
      hint: 'Name an experiment file, or give --rate, --duration, --prompt-tokens and --output-tokens.',
    });
  const load = { rate, duration, promptTokens, outputTokens };
  return {
    context: await resolveServed(catalog, options),
    workload: inlineWorkload(distinctPrompts === undefined ? load : { ...load, distinctPrompts }),
  };
}
