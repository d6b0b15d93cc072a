import type { JourneyEvents } from './otlp-journeys.js';

/** The steps in which a request's prompt (or, after a preemption, everything it had) is computed. */
interface Prefill {
  readonly firstStep: number;
  /** The step that yields a token, or the one before a preemption. */
  readonly lastStep: number;
  /** Tokens in the cache once the prefill is complete: the prompt, plus what was generated before a preemption. */
  readonly targetTokens: number;
  readonly isRecompute: boolean;
}

/** Consecutive steps in which a request decodes one token each. */
interface DecodeRun {
  readonly firstStep: number;
  readonly lastStep: number;
  /** Context of the first of them. */
  readonly contextTokens: number;
}

/** A request's life between an admission and its preemption or end. */
export interface Segment {
  readonly prefill: Prefill | undefined;
  readonly decodes: DecodeRun | undefined;
}

/** A journey in terms of steps. */
export interface JourneySegments {
  readonly segments: readonly Segment[];
  /** False when the token count does not follow from one token per step: some step left the request out. */
  readonly regular: boolean;
}

/** A prefill over more steps than this is a damaged journey: a million tokens, sixteen at a time. */
const MAX_PREFILL_STEPS = 1 << 16;

/** The step in which a segment yields its first token; undefined when it yields none. */
function firstTokenStep(
  journey: JourneyEvents,
  start: number,
  end: number,
  produced: number,
  isLast: boolean,
): number | undefined {
  if (produced === 0) {
    const step = journey.firstToken?.step;
    return step !== undefined && step >= start && step <= end ? step : undefined;
  }
  // recomputation may take several chunks; counting back from the end tells how many
  return isLast && journey.finished !== undefined ? end - (journey.outputTokens - produced) + 1 : start;
}

/**
 * Decodes after the first token; undefined when there are none.
 * @param burnsStep whether the engine computes one more token whose result is thrown away
 */
function decodesOf(
  first: number,
  end: number,
  contextTokens: number,
  burnsStep: boolean,
): DecodeRun | undefined {
  const lastStep = burnsStep ? end + 1 : end;
  return first >= lastStep ? undefined : { firstStep: first + 1, lastStep, contextTokens };
}

/** Undefined when there is no step to compute in, or there are more steps than tokens to compute. */
function prefillOf(targetTokens: number, firstStep: number, lastStep: number, isRecompute: boolean) {
  const steps = lastStep - firstStep + 1;
  return steps < 1 || steps > Math.min(MAX_PREFILL_STEPS, Math.max(1, targetTokens))
    ? undefined
    : { firstStep, lastStep, targetTokens, isRecompute };
}

/**
 * The steps of a journey. A request decodes in every step after the one that produced its first token, up to the one
 * before its preemption or the one that produced its last token.
 */
export function segmentsOf(journey: JourneyEvents, asynchronous: boolean): JourneySegments {
  const segments: Segment[] = [];
  if (journey.promptTokens < 0 || journey.outputTokens < 0) return { segments, regular: false };
  let produced = 0;
  let regular = journey.finished !== undefined;
  journey.scheduled.forEach((admission, k) => {
    const preemption = journey.preempted[k];
    const end = preemption === undefined ? journey.finished?.step : preemption.step - 1;
    if (end === undefined) return;
    const first = firstTokenStep(journey, admission.step, end, produced, preemption === undefined);
    const prefill = prefillOf(journey.promptTokens + produced, admission.step, first ?? end, produced > 0);
    if (prefill === undefined && admission.step <= end) regular = false;
    if (first === undefined) {
      segments.push({ prefill, decodes: undefined });
      return;
    }
    const burnsStep = asynchronous && preemption === undefined && journey.stopped;
    const contextTokens = journey.promptTokens + produced + 1;
    segments.push({ prefill, decodes: decodesOf(first, end, contextTokens, burnsStep) });
    produced += end - first + 1;
  });
  return { segments, regular: regular && produced === journey.outputTokens };
}
