/** One constant-rate stage of a load test. */
export interface LoadStage {
  readonly ratePerS: number;
  readonly durationS: number;
}
