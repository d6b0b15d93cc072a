import { beyondFit, latencyModel, readCatalog, readCoefficientSet } from '../../coefficients/index.js';
import { buildRequests, simulate as simulateEngine, type SimulationSummary } from '../../engine/index.js';
import { renderRunFolder, renderSimulation, RUN_FOLDER_FILES } from '../../report/index.js';
import { simulatedIntervals, simulatedKnee } from '../../validate/index.js';
import type { Trace } from '../../trace/trace.js';
import type { CommonOptions } from '../conclude.js';
import type { Outcome } from '../outcome.js';
import { planSimulation, type PlanOptions } from '../simulation-plan.js';
import { checkTraceDestination, writeTraceFolder } from '../trace-folder.js';
import { traceSummary } from '../trace-summary.js';
import { checkTraceV2Destination, writeTraceV2Folder } from '../trace-v2-folder.js';
import { checkFolderDestination, writeFolderAtomic } from '../write-atomic.js';

/** Options of `trueline simulate`. */
export interface SimulateOptions extends CommonOptions, PlanOptions {
  readonly seed: number;
  readonly check?: true;
  /** Off with `--no-intervals`. */
  readonly intervals: boolean;
  /** Off with `--no-knee`. */
  readonly knee: boolean;
  readonly coldStart?: true;
  readonly coefficients: string;
  readonly out?: string;
  readonly trace?: string;
  readonly traceV2?: string;
  readonly force?: true;
}

/**
 * Simulates an experiment file, a recorded trace, or the load the options describe.
 * @throws USAGE when it is unclear what to simulate; FILE_EXISTS before anything is simulated; the codes of the readers,
 * `latencyModel` and the engine
 */
export async function simulate(experiment: string | undefined, options: SimulateOptions): Promise<Outcome> {
  const write = { force: options.force === true };
  if (options.out !== undefined) checkTraceDestination(options.out, write);
  if (options.trace !== undefined) checkFolderDestination(options.trace, RUN_FOLDER_FILES, write);
  if (options.traceV2 !== undefined) checkTraceV2Destination(options.traceV2, write);
  const catalog = await readCatalog();
  const set = await readCoefficientSet(options.coefficients);
  const { context: planned, workload, workloadName } = await planSimulation(catalog, experiment, options);
  const context = { ...planned, coldStart: options.coldStart === true };
  const { trace: simulated, summary } = simulateEngine({
    withCpuTier: true,
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
  if (options.trace !== undefined)
    writeFolderAtomic(options.trace, renderRunFolder(withPool(trace, summary)), write);
  if (options.traceV2 !== undefined) writeTraceV2Folder(options.traceV2, trace, write);
  const intervals = options.intervals
    ? simulatedIntervals({ set, context, workload, seed: options.seed, trace })
    : [];
  const knee = options.knee
    ? simulatedKnee(
        { ...context, withCpuTier: true, latency: latencyModel(set, context), workload, seed: options.seed },
        trace.requests,
      )
    : undefined;
  const findings = {
    trace,
    summary,
    intervals,
    beyondFit: beyondFit(set, context, trace.steps),
    ...(knee && { knee }),
  };
  return {
    text: (terminal) =>
      `${renderSimulation(findings, terminal)}\n\nPriced with coefficients ${set.name}, seed ${options.seed}.`,
    json: () => ({
      coefficients: set.name,
      seed: options.seed,
      summary,
      intervals,
      beyondFit: findings.beyondFit,
      ...(knee && { knee }),
      ...traceSummary(trace),
    }),
    passed: true,
  };
}

/** With the size of the KV pool that was derived from memory: vLLM's traces count blocks used as a share of it. */
const withPool = (trace: Trace, { totalKvBlocks }: SimulationSummary): Trace => ({
  ...trace,
  meta: { ...trace.meta, server: { ...trace.meta.server, totalKvBlocks } },
});
