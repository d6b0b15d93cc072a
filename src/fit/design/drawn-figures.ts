import { randomStream } from '../../random.js';
import { ROW_KINDS, type FitRow } from '../fit-rows.js';
import type { TermLayout } from '../fit-terms.js';
import type { Misfit } from './misfit.js';
import type { MeasuredPlan } from './planned-run.js';

/**
 * The same runs with figures that were never measured: coefficients drawn from their priors (negative ones are 0), and misfits
 * of rows, runs and models from theirs, as factors. What a design promises holds for such figures.
 * @param draw another number draws anew
 */
export function drawFigures(
  { terms, free }: TermLayout,
  plans: readonly MeasuredPlan[],
  { noiseRatio, runRatio, modelRatio }: Misfit,
  draw: number,
): readonly MeasuredPlan[] {
  const standard = randomStream(draw, 'drawn-figures').normal(0, 1);
  const shifts = free.map((index) => {
    const { mean, sd } = terms[index]!.prior;
    return Math.max(-mean, sd * standard());
  });
  const ofModel = new Map<string, number>();
  for (const { run } of plans) if (!ofModel.has(run.model)) ofModel.set(run.model, modelRatio * standard());
  return plans.map(({ run }) => {
    const shared = ofModel.get(run.model)! + runRatio * standard();
    const measured = Array.from(run.rows.groups.keys(), (row): FitRow => {
      const own = (noiseRatio * standard()) / Math.sqrt(run.rows.weights[row]!);
      return drawnRow(run, row, shifts, Math.exp(shared + own));
    });
    return { run, measured };
  });
}

/** A planned row, relative to its prediction, observed with other coefficients and a misfit. */
function drawnRow(
  { id, rows }: MeasuredPlan['run'],
  row: number,
  shifts: readonly number[],
  misfit: number,
): FitRow {
  const predictedUs = rows.observedUs[row]!;
  const at = row * rows.columns;
  const valuesUs = rows.values.subarray(at, at + rows.columns).map((value) => value * predictedUs);
  const movedUs = shifts.reduce((sum, shift, j) => sum + valuesUs[j]! * shift, 0);
  return {
    group: id,
    kind: ROW_KINDS[rows.kinds[row]!]!,
    weight: rows.weights[row]!,
    valuesUs,
    fixedUs: (1 - rows.targets[row]!) * predictedUs,
    observedUs: (predictedUs + movedUs) * misfit,
  };
}
