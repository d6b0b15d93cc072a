import { Matrix } from 'ml-matrix';
import { gramOf } from '../../stats/gram.js';
import type { FitRows } from '../fit-rows.js';
import type { Misfit } from './misfit.js';
import type { PlannedRun } from './planned-run.js';

/**
 * What a run adds to the inverse covariance of the coefficients and of the misfits of `models` (in units of `modelRatio`), in
 * this order: ZᵀV⁻¹Z of its rows Z = (values, `modelRatio` in the column of its model). V = noise²·W⁻¹ + run²·11ᵀ is inverted by
 * the Sherman–Morrison formula.
 */
export function runInformation(
  { model, rows }: PlannedRun,
  models: readonly string[],
  { noiseRatio, runRatio, modelRatio }: Misfit,
): Matrix {
  const wide = withMisfitColumns(
    rows,
    models.map((each) => (each === model ? modelRatio : 0)),
  );
  const noise = noiseRatio ** 2;
  const { normal, moment, targetSquares: weight } = gramOf(wide);
  const shared = Matrix.columnVector(moment);
  const lost = runRatio ** 2 / (noise + runRatio ** 2 * weight);
  return normal.sub(shared.mmul(shared.transpose()).mul(lost)).div(noise);
}

/** Rows with constant columns appended, and targets of 1: their moments are then Σ w·z, and the target squares Σ w. */
function withMisfitColumns(rows: FitRows, constants: readonly number[]): FitRows {
  const columns = rows.columns + constants.length;
  const values = new Float64Array(rows.count * columns);
  for (let row = 0; row < rows.count; row++) {
    values.set(rows.values.subarray(row * rows.columns, (row + 1) * rows.columns), row * columns);
    values.set(constants, row * columns + rows.columns);
  }
  return { ...rows, columns, values, targets: new Float64Array(rows.count).fill(1) };
}
