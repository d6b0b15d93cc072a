import type { BasisSet } from '../../basis/index.js';
import { priceWith, priorValues } from '../../coefficients/index.js';
import { buildRequests, requestTraceWorkload, simulate } from '../../engine/index.js';
import {
  fitRequests,
  fittedValues,
  type FitIteration,
  type FitResult,
  type RequestRun,
} from '../../fit/index.js';
import type { RequestTraceWorkload } from '../../trace/experiment.js';
import { groupMetrics } from '../../trace/metrics.js';
import { startProgress } from '../progress.js';
import type { FitSettings } from './fitted-runs.js';

/** Timelines move with the coefficients; by then they stand still to well below the noise of a run. */
const MAX_PASSES = 6;
/** Relative change of mean TTFT and E2E below which a further pass is pointless. */
const STILL_RATIO = 1e-3;

type Values = Readonly<Record<string, number>>;
type Timeline = NonNullable<RequestRun['timeline']>;

/**
 * Fits per-request logs without engine steps: the same requests are simulated, the simulated steps stand in for the
 * unrecorded ones, and the fitted coefficients simulate the next pass.
 * @throws TRACE_INVALID when a finished request has no token counts; as `fitRequests` and `simulate`
 */
export async function fitRequestLogs(runs: readonly RequestRun[], settings: FitSettings): Promise<FitResult> {
  const { basis, ...options } = settings;
  const loads = runs.map((run) => ({ run, workload: requestTraceWorkload(run.trace, run.id) }));
  const simulateAll = (values: Values): Timeline[] =>
    loads.map(({ run, workload }) => simulatedTimeline(run, workload, basis, values));
  const progress = await startProgress('passes, at most');
  const iterations: FitIteration[] = [];
  let timelines = simulateAll(priorValues(basis));
  try {
    for (let iteration = 1; ; iteration++) {
      progress.update(iteration - 1, MAX_PASSES);
      const result = fitRequests(
        basis,
        runs.map((run, i) => ({ ...run, timeline: timelines[i]! })),
        options,
      );
      const coefficients = fittedValues(result);
      const next = simulateAll(coefficients);
      const largestChangeRatio = Math.max(...next.map((timeline, i) => movedRatio(timelines[i]!, timeline)));
      iterations.push({ iteration, largestChangeRatio, coefficients });
      timelines = next;
      if (largestChangeRatio <= STILL_RATIO || iteration === MAX_PASSES) return { ...result, iterations };
    }
  } finally {
    progress.stop();
  }
}

/** The requests of a run, simulated with given coefficients: its steps stand in for the unrecorded ones. */
export function simulatedTimeline(
  { context }: RequestRun,
  workload: RequestTraceWorkload,
  basis: BasisSet,
  values: Values,
): Timeline {
  const latency = priceWith(basis, values, context);
  const requests = buildRequests(workload, 0);
  const { trace } = simulate({ ...context, requests, latency, recordSteps: true });
  return { trace, frontBeforeUs: latency.frontBeforeUs };
}

/** Relative change of a run's mean TTFT or E2E, whichever is larger. */
function movedRatio(from: Timeline, to: Timeline): number {
  const before = groupMetrics(from.trace).metrics;
  const after = groupMetrics(to.trace).metrics;
  const change = (metric: 'ttftMeanMs' | 'e2eMeanMs'): number =>
    Math.abs((after[metric] ?? 0) / (before[metric] ?? 1) - 1);
  return Math.max(change('ttftMeanMs'), change('e2eMeanMs'));
}
