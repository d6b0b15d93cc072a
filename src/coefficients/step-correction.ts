import type { LatencyModel } from './latency-model.js';

/** A small change of a latency model: every step time t becomes scale · t + offset, every front-end delay is scaled. */
export interface StepCorrection {
  readonly stepScaleRatio: number;
  readonly stepOffsetUs: number;
  readonly frontScaleRatio: number;
}

/** Changes nothing. */
export const NO_CORRECTION: StepCorrection = { stepScaleRatio: 1, stepOffsetUs: 0, frontScaleRatio: 1 };

/** A latency model with a correction on top; a step that a negative offset would take below 0 costs 0. */
export function correctLatency(latency: LatencyModel, correction: StepCorrection): LatencyModel {
  const { stepScaleRatio, stepOffsetUs, frontScaleRatio } = correction;
  const corrected = (us: number): number => Math.max(0, stepScaleRatio * us + stepOffsetUs);
  const { rankStepUs } = latency;
  return {
    ...latency,
    stepUs: (batch) => corrected(latency.stepUs(batch)),
    decodeStepUs: (decodeRequests, contextTokens) =>
      corrected(latency.decodeStepUs(decodeRequests, contextTokens)),
    ...(rankStepUs && {
      rankStepUs: (batch, largestTokens) => corrected(rankStepUs(batch, largestTokens)),
    }),
    frontBeforeUs: frontScaleRatio * latency.frontBeforeUs,
    frontAfterUs: frontScaleRatio * latency.frontAfterUs,
    ...(latency.frontAfterPerOutputTokenUs !== undefined && {
      frontAfterPerOutputTokenUs: frontScaleRatio * latency.frontAfterPerOutputTokenUs,
    }),
  };
}
