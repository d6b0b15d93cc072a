import { errorPct } from '../stats/relative-error.js';
import type { ValidationResult } from '../validate/index.js';
import { figureKey, type Baseline, type BaselineFigure } from './baseline.js';
import { sameSeeds } from './paired-figures.js';
import type { DriftRow } from './verdict.js';

/** Predictions are deterministic: what differs by more than the last digits of a double was changed. */
const EXACT_PCT = 1e-7;

function compared(then: BaselineFigure, now: BaselineFigure, seedsAreSame: boolean): DriftRow {
  const { experiment, stage, metric } = now;
  const figures = {
    experiment,
    stage,
    metric,
    baselineMs: then.predictedMs,
    predictedMs: now.predictedMs,
    changePct: errorPct(now.predictedMs, then.predictedMs),
  };
  if (then.measuredMs !== now.measuredMs)
    return { ...figures, verdict: 'not comparable', reason: 'the measured figure is another' };
  if (!seedsAreSame) return { ...figures, verdict: 'not comparable', reason: 'other seeds' };
  if (Math.abs(figures.changePct) <= EXACT_PCT) return { ...figures, verdict: 'pass' };
  return { ...figures, verdict: 'fail', reason: 'the prediction changed' };
}

const fresh = ({ experiment, stage, metric, predictedMs }: BaselineFigure): DriftRow => ({
  experiment,
  stage,
  metric,
  predictedMs,
  verdict: 'not comparable',
  reason: 'not in the baseline',
});

const lost = ({ experiment, stage, metric, predictedMs }: BaselineFigure): DriftRow => ({
  experiment,
  stage,
  metric,
  baselineMs: predictedMs,
  verdict: 'fail',
  reason: 'no longer predicted',
});

/**
 * Every figure of either side, in the order of the result, then what only the baseline has. A figure that vanished fails:
 * a validation must not look better for what it leaves out.
 */
export function driftRows(baseline: Baseline, result: ValidationResult): DriftRow[] {
  const before = new Map(baseline.figures.map((figure) => [figureKey(figure), figure]));
  const seedsAreSame = sameSeeds(baseline, result);
  const kept = new Set(result.rows.map(figureKey));
  return [
    ...result.rows.map((now) => {
      const then = before.get(figureKey(now));
      return then === undefined ? fresh(now) : compared(then, now, seedsAreSame);
    }),
    ...baseline.figures.filter((figure) => !kept.has(figureKey(figure))).map(lost),
  ];
}
