import type { Journey } from './otlp-journeys.js';

/** One request's prefill (or recomputation after preemption) in one step. */
export interface PrefillChunk {
  readonly journey: Journey;
  readonly step: number;
  /** Tokens in the cache once the prefill is complete: the prompt, plus what was generated before a preemption. */
  readonly targetTokens: number;
  readonly isRecompute: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Tokens computed in this step; undefined until known. */
  tokens: number | undefined;
  /** Tokens in the cache after this step; undefined until known. */
  contextTokens: number | undefined;
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
  readonly chunks: readonly PrefillChunk[];
  readonly decodes: DecodeRun | undefined;
}

/** A journey in terms of steps. */
export interface JourneySegments {
  readonly segments: readonly Segment[];
  /** False when the token count does not follow from one token per step: some step left the request out. */
  readonly regular: boolean;
}

/** The step in which a segment yields its first token; undefined when it yields none. */
function firstTokenStep(
  journey: Journey,
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

function chunksOf(journey: Journey, start: number, last: number, produced: number): PrefillChunk[] {
  return Array.from({ length: Math.max(0, last - start + 1) }, (_, i) => ({
    journey,
    step: start + i,
    targetTokens: journey.promptTokens + produced,
    isRecompute: produced > 0,
    isFirst: i === 0,
    isLast: start + i === last,
    tokens: undefined,
    contextTokens: undefined,
  }));
}

/**
 * The steps of a journey. A request decodes in every step after the one that produced its first token, up to the one
 * before its preemption or the one that produced its last token.
 */
export function segmentsOf(journey: Journey): JourneySegments {
  const segments: Segment[] = [];
  let produced = 0;
  let regular = journey.finished !== undefined;
  journey.scheduled.forEach((admission, k) => {
    const preemption = journey.preempted[k];
    const end = preemption === undefined ? journey.finished?.step : preemption.step - 1;
    if (end === undefined) return;
    const first = firstTokenStep(journey, admission.step, end, produced, preemption === undefined);
    if (first !== undefined && first < admission.step) regular = false;
    const chunks = chunksOf(journey, admission.step, first ?? end, produced);
    const contextTokens = journey.promptTokens + produced + 1;
    const decodes =
      first === undefined || first >= end
        ? undefined
        : { firstStep: first + 1, lastStep: end, contextTokens };
    segments.push({ chunks, decodes });
    if (first !== undefined) produced += end - first + 1;
  });
  return { segments, regular: regular && produced === journey.outputTokens };
}
