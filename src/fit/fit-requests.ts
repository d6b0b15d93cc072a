import type { BasisContext, BasisSet } from '../basis/basis-set.js';
import { TruelineError } from '../errors.js';
import { FINISHED, MIN_TOKENS_FOR_ITL } from '../trace/request-durations.js';
import { largestBatch } from '../trace/largest-batch.js';
import type { Trace, TraceClock } from '../trace/trace.js';
import { assembleLinearResult } from './assemble-result.js';
import type { FitResult } from './fit-result.js';
import { balanceGroups, RowCollector } from './fit-rows.js';
import { layOutTerms, type PriorOverrides, type TermLayout } from './fit-terms.js';
import { leftHandSide, type FrontEndCount } from './left-hand-side.js';
import { FIRST_TOKEN_WEIGHT } from './row-weights.js';
import { splitRuns } from './run-split.js';
import { resolveSolveOptions, solveFit, type SolveOptions } from './solve-fit.js';
import {
  addDecodeFeatures,
  addFirstTokenFeatures,
  hasDecodeSpan,
  timelineOf,
  type Timeline,
} from './timeline.js';

/** One run with per-request measurements. */
export interface RequestRun {
  readonly id: string;
  /** Measured requests; with every step of the run unless `timeline` is given. */
  readonly trace: Trace;
  readonly context: BasisContext;
  /** A simulation of the same requests, row by row, whose steps stand in for the unrecorded ones. */
  readonly timeline?: {
    readonly trace: Trace;
    /** Front-end delay it was simulated with, from a request's arrival to the engine's inbox. */
    readonly frontBeforeUs: number;
  };
}

export interface RequestFitOptions extends SolveOptions {
  readonly priors?: PriorOverrides;
  /** Ids of runs that only score the fit. */
  readonly heldOut?: readonly string[];
}

/**
 * Fits step and front-end terms to single requests: the time between a request's first and last token is the sum of the
 * steps in between, its TTFT the sum of the steps from its arrival on plus the front end. Each run has equal total weight.
 * @throws as `timelineOf` and `solveFit`; FIT_INVALID when a timeline holds other requests than its run
 */
export function fitRequests(
  basis: BasisSet,
  runs: readonly RequestRun[],
  options: RequestFitOptions = {},
): FitResult {
  const layout = layOutTerms(basis, options.priors);
  const solveOptions = resolveSolveOptions(options);
  const split = splitRuns(runs, options.heldOut);
  const collector = new RowCollector(layout);
  for (const run of split.used) addRequestRows(basis, layout, run, collector);
  const heldOut = new RowCollector(layout);
  for (const run of split.heldOut) addRequestRows(basis, layout, run, heldOut);
  const rows = balanceGroups(collector.rows());
  const solution = solveFit({ layout, rows }, solveOptions);
  const diagnostics = collector.diagnostics();
  const simulated = split.used.flatMap((run) => (run.timeline?.trace ?? run.trace).steps ?? []);
  const droppedByGroup = collector.droppedByGroup();
  const fit = {
    basis: basis.name,
    route: 'requests' as const,
    layout,
    rows,
    solution,
    diagnostics,
    droppedByGroup,
  };
  return assembleLinearResult(
    { ...fit, options: solveOptions, largestBatch: largestBatch(simulated) },
    heldOut.rows(),
  );
}

const NOT_FINISHED = { code: 'FIT_REQUEST_NOT_FINISHED', message: 'requests that did not finish' };
const NO_STEPS = {
  code: 'FIT_REQUEST_NO_STEPS',
  message: 'requests whose first or last token belongs to no known step',
};
const NO_DECODE = {
  code: 'FIT_REQUEST_NO_DECODE',
  message: 'requests without a known time between first and last token',
};
const NO_FIRST_TOKEN = {
  code: 'FIT_REQUEST_NO_FIRST_TOKEN',
  message: 'requests whose time to first token, or the step running at their arrival, is unknown',
};

function addRequestRows(basis: BasisSet, layout: TermLayout, run: RequestRun, collector: RowCollector): void {
  const { requests } = run.trace;
  if (requests.count === 0) throw new TruelineError('TRACE_EMPTY', `${run.id} holds no requests`);
  const timeline = runTimeline(basis, layout, run);
  for (let request = 0; request < requests.count; request++) {
    if (requests.status[request] !== FINISHED) collector.drop(run.id, NOT_FINISHED);
    else if (!hasDecodeSpan(timeline, request)) collector.drop(run.id, NO_STEPS);
    else {
      addDecodeRow(layout, run, timeline, request, collector);
      addFirstTokenRow(layout, run, timeline, request, collector);
    }
  }
}

function addDecodeRow(
  layout: TermLayout,
  { id, trace: { requests, meta } }: RequestRun,
  timeline: Timeline,
  request: number,
  collector: RowCollector,
): void {
  const observedUs = requests.finishedAtUs[request]! - requests.firstTokenAtUs[request]!;
  const tokens = requests.outputTokens[request]!;
  if (!(observedUs > 0) || (tokens >= 0 && tokens < MIN_TOKENS_FOR_ITL)) {
    collector.drop(id, NO_DECODE);
    return;
  }
  const features = new Float64Array(timeline.cumulative.width);
  addDecodeFeatures(timeline, request, 1, features);
  const front = frontEndAt(meta.clock, 'outputToken', Math.max(0, tokens));
  collector.add({
    group: id,
    kind: 'decode',
    weight: 1,
    ...leftHandSide(layout, features, front),
    observedUs,
  });
}

function addFirstTokenRow(
  layout: TermLayout,
  { id, trace: { requests, meta } }: RequestRun,
  timeline: Timeline,
  request: number,
  collector: RowCollector,
): void {
  const observedUs = requests.firstTokenAtUs[request]! - requests.arrivedAtUs[request]!;
  const { arrival } = timeline;
  if (!(observedUs > 0) || arrival === undefined) {
    collector.drop(id, NO_FIRST_TOKEN);
    return;
  }
  const features = new Float64Array(timeline.cumulative.width);
  addFirstTokenFeatures({ ...timeline, arrival }, request, 1, features);
  const front = frontEndAt(meta.clock, 'request', 1);
  const weight = FIRST_TOKEN_WEIGHT;
  collector.add({ group: id, kind: 'ttft', weight, ...leftHandSide(layout, features, front), observedUs });
}

/** Instants on the engine's own clock hold no front end. */
const frontEndAt = (clock: TraceClock, per: FrontEndCount['per'], count: number): FrontEndCount => ({
  per,
  count: clock === 'engine' ? 0 : count,
});

function runTimeline(basis: BasisSet, layout: TermLayout, run: RequestRun): Timeline {
  const { id, trace, context } = run;
  const { trace: stepTrace, frontBeforeUs } = run.timeline ?? { trace, frontBeforeUs: 0 };
  if (stepTrace.requests.count === trace.requests.count) {
    return timelineOf({ name: id, trace: stepTrace, basis, context, layout, frontBeforeUs });
  }
  throw new TruelineError(
    'FIT_INVALID',
    `${id}: the timeline holds ${stepTrace.requests.count} requests, the run ${trace.requests.count}`,
    { hint: 'Simulate exactly the requests of the run, in their order.' },
  );
}
