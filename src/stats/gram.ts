import { Matrix } from 'ml-matrix';

/** A weighted least-squares system: minimise Σᵢ wᵢ·(Σⱼ aᵢⱼ·xⱼ − yᵢ)². */
export interface LeastSquaresRows {
  readonly count: number;
  readonly columns: number;
  /** aᵢⱼ, row-major, length count × columns. */
  readonly values: Float64Array;
  /** yᵢ, length count. */
  readonly targets: Float64Array;
  /** wᵢ ≥ 0, length count. */
  readonly weights: Float64Array;
}

/** The normal equations of a system; those of stacked systems are the sums of theirs. */
export interface Gram {
  /** AᵀWA, columns × columns. */
  readonly normal: Matrix;
  /** AᵀWy. */
  readonly moment: Float64Array;
  /** yᵀWy. */
  readonly targetSquares: number;
}

/** Normal equations of `rows`, each row's weight multiplied by its `factors` entry where given. */
export function gramOf(rows: LeastSquaresRows, factors?: Float64Array): Gram {
  const { count, columns, values, targets, weights } = rows;
  const sums = new Float64Array(columns * columns);
  const moment = new Float64Array(columns);
  let targetSquares = 0;
  for (let row = 0; row < count; row++) {
    const weight = weights[row]! * (factors?.[row] ?? 1);
    if (weight === 0) continue;
    const at = row * columns;
    const target = targets[row]!;
    targetSquares += weight * target * target;
    for (let i = 0; i < columns; i++) {
      const left = weight * values[at + i]!;
      if (left === 0) continue;
      moment[i]! += left * target;
      for (let j = i; j < columns; j++) sums[i * columns + j]! += left * values[at + j]!;
    }
  }
  return { normal: symmetric(sums, columns), moment, targetSquares };
}

/** The normal equations of systems stacked on each other, each as often as its count says. */
export function addGrams(grams: readonly Gram[], counts: readonly number[]): Gram {
  const size = grams[0]?.moment.length ?? 0;
  const normal = Matrix.zeros(size, size);
  const moment = new Float64Array(size);
  let targetSquares = 0;
  grams.forEach((gram, i) => {
    const count = counts[i]!;
    normal.add(Matrix.mul(gram.normal, count));
    for (let j = 0; j < size; j++) moment[j]! += count * gram.moment[j]!;
    targetSquares += count * gram.targetSquares;
  });
  return { normal, moment, targetSquares };
}

/** Writes Σⱼ aᵢⱼ·xⱼ − yᵢ for every row, shape [count]. */
export function residualsOf(rows: LeastSquaresRows, x: ArrayLike<number>): Float64Array {
  const { count, columns, values, targets } = rows;
  const residuals = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    let sum = -targets[row]!;
    for (let j = 0; j < columns; j++) sum += values[row * columns + j]! * x[j]!;
    residuals[row] = sum;
  }
  return residuals;
}

function symmetric(upper: Float64Array, size: number): Matrix {
  const matrix = new Matrix(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      matrix.set(i, j, upper[i * size + j]!);
      matrix.set(j, i, upper[i * size + j]!);
    }
  }
  return matrix;
}
