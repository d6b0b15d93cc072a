import { errorPct } from '../stats/relative-error.js';
import type { ValidationResult } from '../validate/index.js';
import { figureKey, type Baseline, type BaselineFigure } from './baseline.js';
import { sameSeeds } from './paired-figures.js';
import type { DriftRow } from './verdict.js';

/** Predictions are deterministic: what differs by more than the last digits of a double was changed. */
const EXACT_PCT = 1e-7;

/** What an experiment is said to be that groups errors: one told otherwise would move errors from group to group. */
const TOLD = ['split', 'model', 'gpu', 'workload'] as const;

/** `gpu H100, was L40S` for each experiment that the baseline has as another. */
function toldOtherwise(
  baseline: Baseline,
  result: Pick<ValidationResult, 'experiments'>,
): Map<string, string> {
  const before = new Map(baseline.experiments.map((entry) => [entry.experiment, entry]));
  return new Map(
    result.experiments.flatMap((now) => {
      const then = before.get(now.experiment);
      if (then === undefined) return [];
      const other = TOLD.filter((fact) => now[fact] !== then[fact]);
      if (other.length === 0) return [];
      return [
        [now.experiment, other.map((fact) => `${fact} ${now[fact]}, was ${then[fact]}`).join('; ')] as const,
      ];
    }),
  );
}

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
    return { ...figures, verdict: 'fail', reason: 'the measured figure is another' };
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
 * a validation must not look better for what it leaves out. So does one whose measurement or experiment is another: its
 * error can be held against nothing until a new baseline accepts it.
 */
export function driftRows(baseline: Baseline, result: ValidationResult): DriftRow[] {
  const before = new Map(baseline.figures.map((figure) => [figureKey(figure), figure]));
  const seedsAreSame = sameSeeds(baseline, result);
  const kept = new Set(result.rows.map(figureKey));
  const otherwise = toldOtherwise(baseline, result);
  return [
    ...result.rows.map((now): DriftRow => {
      const then = before.get(figureKey(now));
      if (then === undefined) return fresh(now);
      const row = compared(then, now, seedsAreSame);
      const told = otherwise.get(now.experiment);
      return told === undefined ? row : { ...row, verdict: 'fail', reason: told };
    }),
    ...baseline.figures.filter((figure) => !kept.has(figureKey(figure))).map(lost),
  ];
}
