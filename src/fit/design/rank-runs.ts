import { determinant, inverse, Matrix } from 'ml-matrix';
import { gramOf } from '../../stats/gram.js';
import type { FitRows } from '../fit-rows.js';
import type { PlannedRun } from './planned-run.js';

/** `I`: least variance of the predictions at the targets. `D`: smallest error ellipsoid of the coefficients. */
export type DesignCriterion = 'I' | 'D';

/** What is known before, and what is wanted. */
export interface Design {
  /** Inverse covariance of the free coefficients, in column order: of the priors and of what was fitted. */
  readonly precision: Matrix;
  /** Relative error of a row of weight 1. */
  readonly noiseRatio: number;
  /** Rows of the predictions that are to be right. */
  readonly targets: readonly FitRows[];
}

/** One run in the order in which to measure. */
export interface RankedRun {
  readonly id: string;
  readonly gpuMinutes: number;
  /** Root mean variance of the targets' figures after this run and those before it, relative; from coefficients alone. */
  readonly targetSdRatio: number;
  /** What the criterion gains for a GPU-minute: relative variance (I) or log-determinant (D). */
  readonly gainPerGpuMinute: number;
}

/**
 * Orders runs greedily: the next one is that which gains most for a GPU-minute given those before it. A fit to few
 * coefficients makes the exact solve of every candidate cheap.
 */
export function rankRuns(
  { precision, noiseRatio, targets }: Design,
  runs: readonly PlannedRun[],
  criterion: DesignCriterion,
): readonly RankedRun[] {
  const wanted = targetGram(targets);
  const information = new Map(
    runs.map((run) => [run, gramOf(run.rows).normal.div(noiseRatio * noiseRatio)] as const),
  );
  const ranked: RankedRun[] = [];
  const left = new Set(runs);
  let known = precision;
  while (left.size > 0) {
    const gains = [...left].map((run) => {
      const after = Matrix.add(known, information.get(run)!);
      return { run, after, gain: gainOf(criterion, known, after, wanted) / run.gpuMinutes };
    });
    const best = gains.reduce((a, b) => (b.gain > a.gain ? b : a));
    known = best.after;
    left.delete(best.run);
    const { id, gpuMinutes } = best.run;
    ranked.push({
      id,
      gpuMinutes,
      gainPerGpuMinute: best.gain,
      targetSdRatio: Math.sqrt(meanVariance(known, wanted)),
    });
  }
  return ranked;
}

/** Root mean variance of the targets' figures before any run, relative. */
export const targetSdBefore = ({ precision, targets }: Design): number =>
  Math.sqrt(meanVariance(precision, targetGram(targets)));

/** Σ wᵢ·vᵢvᵢᵀ ÷ Σ wᵢ over the rows of the targets. */
function targetGram(targets: readonly FitRows[]): Matrix {
  const size = targets[0]?.columns ?? 0;
  const weight = targets.reduce((sum, { weights }) => sum + weights.reduce((a, b) => a + b, 0), 0);
  const total = Matrix.zeros(size, size);
  for (const rows of targets) total.add(gramOf(rows).normal);
  return total.div(weight);
}

/** Mean over the targets' rows of vᵀ·C·v. */
const meanVariance = (precision: Matrix, wanted: Matrix): number =>
  Math.max(0, inverse(precision).mmul(wanted).trace());

const gainOf = (criterion: DesignCriterion, before: Matrix, after: Matrix, wanted: Matrix): number =>
  criterion === 'D'
    ? Math.log(determinant(after)) - Math.log(determinant(before))
    : meanVariance(before, wanted) - meanVariance(after, wanted);
