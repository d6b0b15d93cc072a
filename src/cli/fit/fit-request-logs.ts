import type { BasisSet } from '../../basis/index.js';
import { priceWith, priorValues } from '../../coefficients/index.js';
import { buildRequests, simulate } from '../../engine/index.js';
import { TruelineError } from '../../errors.js';
import {
  fitRequests,
  fittedValues,
  type FitIteration,
  type FitResult,
  type RequestRun,
} from '../../fit/index.js';
import type { RequestTraceWorkload } from '../../trace/experiment.js';
import { groupMetrics } from '../../trace/metrics.js';
import { FINISHED } from '../../trace/request-durations.js';
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
  const loads = runs.map((run) => ({ run, workload: workloadOf(run) }));
  const simulateAll = (values: Values): Timeline[] =>
    loads.map(({ run, workload }) => simulateRun(run, workload, basis, values));
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

function simulateRun(
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

/**
 * A run's requests as they were sent. Requests that did not finish still took part: where their counts are unknown they
 * count one token.
 * @throws TRACE_INVALID when a finished request has no token counts
 */
function workloadOf({ id, trace: { requests } }: RequestRun): RequestTraceWorkload {
  const { count, arrivedAtUs, promptTokens, outputTokens, status, stage } = requests;
  const unknown = status.findIndex(
    (value, row) => value === FINISHED && (promptTokens[row]! < 1 || outputTokens[row]! < 1),
  );
  if (unknown !== -1)
    throw new TruelineError(
      'TRACE_INVALID',
      `request ${unknown} finished, but its token counts are not known`,
      {
        file: id,
        hint: 'Fit needs the prompt and output tokens of every finished request.',
      },
    );
  const firstFree = 1 + (requests.promptId?.reduce((largest, value) => Math.max(largest, value), -1) ?? -1);
  return {
    kind: 'request-trace',
    arrivedAtUs,
    promptTokens: atLeastOne(promptTokens),
    outputTokens: atLeastOne(outputTokens),
    // A prompt whose id is not known shares nothing with any other.
    promptId: Int32Array.from({ length: count }, (_, row) =>
      knownOr(requests.promptId?.[row], firstFree + row),
    ),
    stage,
  };
}

const knownOr = (value: number | undefined, otherwise: number): number =>
  value === undefined || value < 0 ? otherwise : value;

const atLeastOne = (tokens: Int32Array): Int32Array => tokens.map((value) => Math.max(1, value));
