import type { BasisContext } from '../basis/basis-set.js';
import { emptyBatch, type BatchShape } from '../trace/batch-shape.js';
import type { CoefficientSet } from './coefficient-set.js';
import type { LatencyModel } from './latency-model.js';
import { latencyModel } from './price.js';

/** A time under two coefficient sets. */
export interface TimeChange {
  readonly what: string;
  readonly beforeUs: number;
  readonly afterUs: number;
  /** Absent when the time before is 0. */
  readonly changePct?: number;
}

/** Context of every decode of the compared batches. */
const CONTEXT_TOKENS = 1024;

const decodes = (requests: number): Partial<BatchShape> => ({
  decodeRequests: requests,
  decodeContextTokens: requests * CONTEXT_TOKENS,
});

/** One whole prompt in one chunk. */
const prefill = (tokens: number): Partial<BatchShape> => ({
  prefillTokens: tokens,
  prefillRequests: 1,
  prefillContextTokens: tokens,
  prefillAttentionPairs: (tokens * tokens) / 2,
  prefillPromptPairs: tokens * (tokens + tokens / 2),
  newRequests: 1,
});

/** From small to large, so that fixed costs, weights, context and compute each dominate somewhere. */
const BATCHES: readonly { readonly what: string; readonly batch: Readonly<BatchShape> }[] = [
  { what: 'decode 1', batch: { ...emptyBatch(), ...decodes(1) } },
  { what: 'decode 32', batch: { ...emptyBatch(), ...decodes(32) } },
  { what: 'decode 128', batch: { ...emptyBatch(), ...decodes(128) } },
  { what: 'prefill 512', batch: { ...emptyBatch(), ...prefill(512) } },
  { what: 'prefill 2048', batch: { ...emptyBatch(), ...prefill(2048) } },
  { what: 'decode 32 + prefill 512', batch: { ...emptyBatch(), ...decodes(32), ...prefill(512) } },
];

/**
 * What replacing one set by another does to the step time of a fixed grid of batches and to the front end of a request,
 * each set with its own correction of what is served.
 * @throws the codes of `latencyModel`
 */
export function predictionChange(
  before: CoefficientSet,
  after: CoefficientSet,
  context: BasisContext,
): readonly TimeChange[] {
  const [from, to] = [latencyModel(before, context), latencyModel(after, context)];
  return [
    ...BATCHES.map(({ what, batch }) => timeChange(what, from.stepUs(batch), to.stepUs(batch))),
    timeChange('front end, per request', frontEndUs(from), frontEndUs(to)),
    ...outputTokenChange(from, to),
  ];
}

const frontEndUs = ({ frontBeforeUs, frontAfterUs }: LatencyModel): number => frontBeforeUs + frontAfterUs;

/** Only the peers' forms charge the front end by output token: a few µs, so given for many. */
function outputTokenChange(from: LatencyModel, to: LatencyModel): readonly TimeChange[] {
  const beforeUs = 1000 * (from.frontAfterPerOutputTokenUs ?? 0);
  const afterUs = 1000 * (to.frontAfterPerOutputTokenUs ?? 0);
  return beforeUs === 0 && afterUs === 0
    ? []
    : [timeChange('front end, per 1000 output tokens', beforeUs, afterUs)];
}

const timeChange = (what: string, beforeUs: number, afterUs: number): TimeChange => ({
  what,
  beforeUs,
  afterUs,
  ...(beforeUs > 0 && { changePct: 100 * (afterUs / beforeUs - 1) }),
});
