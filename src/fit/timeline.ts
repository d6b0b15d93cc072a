import type { BasisContext, BasisSet } from '../basis/basis-set.js';
import { TruelineError } from '../errors.js';
import type { StepColumns, Trace } from '../trace/trace.js';
import { addSpan, cumulateFeatures, type CumulativeFeatures } from './cumulative-features.js';
import type { TermLayout } from './fit-terms.js';

/**
 * Which steps every request of a run lived through, and what those steps cost in terms of the basis. Frozen: its sums
 * are linear in the coefficients.
 */
export interface Timeline {
  readonly steps: StepColumns;
  readonly cumulative: CumulativeFeatures;
  readonly firstTokenStep: Int32Array;
  readonly finishedStep: Int32Array;
  /** Absent when the source does not say what was running when requests arrived: no TTFT sums then. */
  readonly arrival?: ArrivalColumns;
}

interface ArrivalColumns {
  readonly arrivedStep: Int32Array;
  readonly scheduledStep: Int32Array;
  /** When requests reached the engine, on the clock of `steps.startedAtUs`. */
  readonly inboxAtUs: Float64Array;
}

/** Engine calls without tokens take an id and no row, but never this many. */
const COMPLETE_RATIO = 0.9;
/** A random instant within a step is half-way through it on average. */
const MEAN_REMAINING_RATIO = 0.5;

/** What a timeline is made from. */
export interface TimelineSource {
  readonly name: string;
  readonly trace: Trace;
  readonly basis: BasisSet;
  readonly context: BasisContext;
  readonly layout: TermLayout;
  /** From a request's arrival instant to the engine's inbox. */
  readonly frontBeforeUs: number;
}

/**
 * Timeline of a run whose every step is known.
 * @throws TRACE_EMPTY without steps, FIT_INVALID when steps are missing or requests do not name theirs
 */
export function timelineOf(source: TimelineSource): Timeline {
  const { name, trace, basis, context, layout, frontBeforeUs } = source;
  const steps = completeSteps(name, trace);
  const { firstTokenStep, finishedStep, arrivedStep, scheduledStep, arrivedAtUs } = trace.requests;
  if (firstTokenStep === undefined || finishedStep === undefined) {
    throw new TruelineError('FIT_INVALID', `${name}: requests do not name the steps of their tokens`, {
      hint: 'Give a simulated timeline of the same requests, or fit the steps alone.',
    });
  }
  const cumulative = cumulateFeatures(basis.compile(context), layout, steps);
  if (arrivedStep === undefined || scheduledStep === undefined) {
    return { steps, cumulative, firstTokenStep, finishedStep };
  }
  const inboxAtUs = arrivedAtUs.map((instant) => instant + frontBeforeUs);
  return {
    steps,
    cumulative,
    firstTokenStep,
    finishedStep,
    arrival: { arrivedStep, scheduledStep, inboxAtUs },
  };
}

/** Whether every step between the first and last token of a request is known: no engine call is left out meanwhile. */
export function hasDecodeSpan({ firstTokenStep, finishedStep, steps }: Timeline, request: number): boolean {
  const first = firstTokenStep[request]!;
  const last = finishedStep[request]!;
  return first >= 0 && last >= first && last - first === steps.id[last]! - steps.id[first]!;
}

/** Adds `factor` × the features of the steps between a request's first and last token to `out`. */
export function addDecodeFeatures(
  timeline: Timeline,
  request: number,
  factor: number,
  out: Float64Array,
): void {
  const first = timeline.firstTokenStep[request]!;
  addSpan(timeline.cumulative, first + 1, timeline.finishedStep[request]!, factor, out);
}

/**
 * Adds `factor` × the features of the steps from a request's arrival to its first token to `out`: what was left of the
 * step that was running, and every step up to the one that made the token.
 */
export function addFirstTokenFeatures(
  { cumulative, arrival, firstTokenStep, steps }: Timeline & { readonly arrival: ArrivalColumns },
  request: number,
  factor: number,
  out: Float64Array,
): void {
  const first = firstTokenStep[request]!;
  const arrived = arrival.arrivedStep[request]!;
  if (arrived < 0) {
    addSpan(cumulative, arrival.scheduledStep[request]!, first, factor, out);
    return;
  }
  const remaining = remainingRatio(steps, arrived, arrival.inboxAtUs[request]!);
  addSpan(cumulative, arrived, arrived, factor * remaining, out);
  addSpan(cumulative, arrived + 1, first, factor, out);
}

function remainingRatio(steps: StepColumns, step: number, instantUs: number): number {
  if (steps.startedAtUs === undefined) return MEAN_REMAINING_RATIO;
  const elapsedUs = instantUs - steps.startedAtUs[step]!;
  return Math.min(1, Math.max(0, 1 - elapsedUs / steps.periodUs[step]!));
}

function completeSteps(name: string, { steps }: Trace): StepColumns {
  if (steps === undefined || steps.count === 0) {
    throw new TruelineError('TRACE_EMPTY', `${name} holds no engine steps`, {
      hint: 'Sums over a request’s life need every step: give a simulated timeline of the same requests.',
    });
  }
  const spanned = steps.id[steps.count - 1]! - steps.id[0]! + 1;
  if (steps.count >= COMPLETE_RATIO * spanned) return steps;
  throw new TruelineError(
    'FIT_INVALID',
    `${name} holds ${steps.count} of ${spanned} steps: they are sampled`,
    {
      hint: 'Fit the steps themselves (sampled steps are fine there), or give a simulated timeline.',
    },
  );
}
