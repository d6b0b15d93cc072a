/** One constant-rate stage of a load test. */
export interface LoadStage {
  readonly ratePerS: number;
  readonly durationS: number;
}

/** A rate such as 0.1 times 600 may fall just short of the whole number it means. */
export const ROUNDING = 1e-9;

/** Requests a stage sends that is filled: ⌊rate · duration⌋, as inference-perf and `vllm bench serve` count. */
export const stageRequests = (stage: LoadStage): number =>
  Math.floor(stage.ratePerS * stage.durationS + ROUNDING);
