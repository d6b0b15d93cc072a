import { SimpleLinearRegression } from 'ml-regression';

/** The straight line through predictions against measurements: slope 1 and intercept 0 when predictions are unbiased. */
export interface CalibrationLine {
  readonly n: number;
  readonly slope: number;
  /** In the unit of the values. */
  readonly intercept: number;
  /** Share of the variance of the predictions the line explains. */
  readonly r2: number;
}

/** Fewer points always lie on a line. */
const LEAST_POINTS = 3;

/**
 * Least squares of predicted on measured.
 * @param measured values to predict, all finite
 * @param predicted the same length
 * @returns undefined for fewer than three points, or without two different measured values
 */
export function calibrationLine(
  measured: readonly number[],
  predicted: readonly number[],
): CalibrationLine | undefined {
  if (measured.length < LEAST_POINTS || new Set(measured).size < 2) return undefined;
  const line = new SimpleLinearRegression([...measured], [...predicted]);
  const { r2 } = line.score([...measured], [...predicted]);
  return { n: measured.length, slope: line.slope, intercept: line.intercept, r2 };
}
