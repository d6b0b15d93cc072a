import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { TruelineError } from '../../errors.js';
import { residualsOf } from '../../stats/gram.js';
import { rowsOfGroups, type FitRows } from '../fit-rows.js';
import type { TermLayout } from '../fit-terms.js';
import { fitGroups } from './fit-groups.js';

/**
 * How far measured figures lie from the model, as relative standard deviations: what rows of weight 1 have on their own, what
 * all rows of a run share, and what all runs of a model share. Terms are wrong about a model or a load as a whole, so a second
 * run of the same kind teaches less than one of another kind.
 */
export interface Misfit {
  readonly noiseRatio: number;
  readonly runRatio: number;
  readonly modelRatio: number;
}

/** Values tried. Published figures repeat to about 0.3 %, so no row is trusted to less than 0.5 %. */
const NOISE_RATIOS = [0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08, 0.12, 0.16, 0.24];
const SHARED_RATIOS = [0, ...NOISE_RATIOS, 0.32, 0.48];
const START: Misfit = { noiseRatio: 0.04, runRatio: 0.04, modelRatio: 0.04 };
const COMPONENTS = [
  ['modelRatio', SHARED_RATIOS],
  ['runRatio', SHARED_RATIOS],
  ['noiseRatio', NOISE_RATIOS],
] as const satisfies readonly (readonly [keyof Misfit, readonly number[]])[];

/**
 * The misfit that makes residuals of unseen models most likely: every model in turn is predicted from a fit to the others, and
 * the residuals are normal around 0 with covariance noise²·W⁻¹ + run² (rows of one run) + model² (runs of one model); see
 * Harville, Maximum likelihood approaches to variance component estimation, JASA 1977. One component at a time over a grid,
 * until none moves.
 * @param modelOf model of a group of rows
 * @throws SAMPLE_EMPTY without rows; as `fitGroups`
 */
export function estimateMisfit(
  layout: TermLayout,
  rows: FitRows,
  modelOf: (group: string) => string,
): Misfit {
  if (rows.count === 0)
    throw new TruelineError('SAMPLE_EMPTY', 'no measured row says how far the model is off', {
      hint: 'Give train experiments with mean TTFT or time per token of load stages.',
    });
  const spread = unseenResiduals(layout, rows, modelOf);
  let best = START;
  let likelihood = logLikelihood(spread, best);
  for (;;) {
    const before = likelihood;
    for (const [component, values] of COMPONENTS) {
      for (const value of values) {
        const tried = { ...best, [component]: value };
        const found = logLikelihood(spread, tried);
        if (found > likelihood) [best, likelihood] = [tried, found];
      }
    }
    if (likelihood === before) return best;
  }
}

/** Residuals of one model's rows, and what they share; shapes [count]. */
interface ModelResiduals {
  readonly values: Float64Array;
  readonly weights: Float64Array;
  readonly runs: Int32Array;
}

function unseenResiduals(
  layout: TermLayout,
  rows: FitRows,
  modelOf: (group: string) => string,
): readonly ModelResiduals[] {
  return [...new Set(rows.groupNames.map(modelOf))].map((model) => {
    const x = fitGroups(layout, rows, (group) => modelOf(group) !== model);
    const own = rowsOfGroups(rows, (group) => modelOf(group) === model);
    return { values: residualsOf(own, x), weights: own.weights, runs: own.groups };
  });
}

/** Without its constant. Models share nothing, so each is a block of its own. */
const logLikelihood = (models: readonly ModelResiduals[], misfit: Misfit): number =>
  models.reduce((sum, model) => sum + modelLogLikelihood(model, misfit), 0);

function modelLogLikelihood({ values, weights, runs }: ModelResiduals, misfit: Misfit): number {
  const size = values.length;
  const covariance = new Matrix(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const ofRun = runs[i] === runs[j] ? misfit.runRatio ** 2 : 0;
      const own = i === j ? misfit.noiseRatio ** 2 / weights[i]! : 0;
      covariance.set(i, j, misfit.modelRatio ** 2 + ofRun + own);
    }
  }
  const residuals = Matrix.columnVector(values);
  const factor = new CholeskyDecomposition(covariance);
  const roots = factor.lowerTriangularMatrix.diagonal();
  const logDeterminant = roots.reduce((sum, root) => sum + 2 * Math.log(root), 0);
  return -(logDeterminant + residuals.dot(factor.solve(residuals))) / 2;
}
