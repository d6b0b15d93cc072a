import { determinant, inverse, Matrix } from 'ml-matrix';
import { TruelineError } from '../../errors.js';
import { gramOf } from '../../stats/gram.js';
import type { FitRows } from '../fit-rows.js';
import type { Misfit } from './misfit.js';
import type { PlannedRun } from './planned-run.js';
import { runInformation } from './run-information.js';

/** `I`: least variance of the predictions at the targets. `D`: smallest error ellipsoid of the coefficients. */
export type DesignCriterion = 'I' | 'D';

/** What is known before, and what is wanted. */
export interface Design {
  /** Inverse covariance of the free coefficients, in column order: of the priors and of what was fitted. */
  readonly precision: Matrix;
  /** How far measurements will lie from the model. */
  readonly misfit: Misfit;
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
 * Orders runs greedily: the next one is that which gains most for a GPU-minute given those before it, so the first n are a
 * batch. A fit to few coefficients makes the exact solve of every candidate cheap.
 * @param count how many runs to choose; all without it
 * @throws FIT_INVALID when the targets have no rows
 */
export function rankRuns(
  design: Design,
  runs: readonly PlannedRun[],
  criterion: DesignCriterion,
  count = runs.length,
): readonly RankedRun[] {
  const models = [...new Set(runs.map(({ model }) => model))];
  const informationOf = new Map(
    runs.map((run) => [run, runInformation(run, models, design.misfit)] as const),
  );
  const wanted = targetGram(design.targets);
  const ranked: RankedRun[] = [];
  const left = new Set(runs);
  let known = stateOf(withModelMisfits(design.precision, models.length), wanted);
  while (left.size > 0 && ranked.length < count) {
    const choices = [...left].map((run) => {
      const after = stateOf(Matrix.add(known.precision, informationOf.get(run)!), wanted);
      return { run, after, gain: gainOf(criterion, known, after) / run.gpuMinutes };
    });
    const best = choices.reduce((a, b) => (b.gain > a.gain ? b : a));
    known = best.after;
    left.delete(best.run);
    const { id, gpuMinutes } = best.run;
    ranked.push({
      id,
      gpuMinutes,
      gainPerGpuMinute: best.gain,
      targetSdRatio: Math.sqrt(known.targetVariance),
    });
  }
  return ranked;
}

/** Root mean variance of the targets' figures before any run, relative. */
export const targetSdBefore = ({ precision, targets }: Design): number =>
  Math.sqrt(stateOf(precision, targetGram(targets)).targetVariance);

/** What is known after some runs. */
interface Knowledge {
  /** Of the coefficients, then of the models' misfits. */
  readonly precision: Matrix;
  /** Mean over the targets' rows of vᵀ·C·v, C the covariance of the coefficients. */
  readonly targetVariance: number;
  readonly logDeterminant: number;
}

function stateOf(precision: Matrix, wanted: Matrix): Knowledge {
  const last = wanted.rows - 1;
  const covariance = inverse(precision).subMatrix(0, last, 0, last);
  return {
    precision,
    targetVariance: Math.max(0, covariance.mmul(wanted).trace()),
    logDeterminant: logDeterminant(covariance),
  };
}

/** Columns differ in unit by orders of magnitude: scaled to unit variances, the determinant stays in range. */
function logDeterminant(covariance: Matrix): number {
  const sds = covariance.diagonal().map(Math.sqrt);
  const correlations = covariance.clone().divColumnVector(sds).divRowVector(sds);
  return Math.log(determinant(correlations)) + sds.reduce((sum, sd) => sum + 2 * Math.log(sd), 0);
}

const gainOf = (criterion: DesignCriterion, before: Knowledge, after: Knowledge): number =>
  criterion === 'D'
    ? before.logDeterminant - after.logDeterminant
    : before.targetVariance - after.targetVariance;

/** Misfits of models are unknown and of variance 1 in their unit. */
function withModelMisfits(precision: Matrix, models: number): Matrix {
  const size = precision.rows + models;
  return Matrix.identity(size, size).setSubMatrix(precision, 0, 0);
}

/** Σ wᵢ·vᵢvᵢᵀ ÷ Σ wᵢ over the rows of the targets. @throws FIT_INVALID without rows */
function targetGram(targets: readonly FitRows[]): Matrix {
  const size = targets[0]?.columns ?? 0;
  const weight = targets.reduce((sum, { weights }) => sum + weights.reduce((a, b) => a + b, 0), 0);
  if (weight === 0)
    throw new TruelineError('FIT_INVALID', 'no figure of the targets can be predicted', {
      hint: 'Give targets whose requests finish and make more than one token.',
    });
  const total = Matrix.zeros(size, size);
  for (const rows of targets) total.add(gramOf(rows).normal);
  return total.div(weight);
}
