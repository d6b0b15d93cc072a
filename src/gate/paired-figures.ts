import type { MetricName, StageKey } from '../trace/metrics.js';
import type { ValidationResult } from '../validate/index.js';
import { figureKey, type Baseline, type BaselineExperiment, type BaselineFigure } from './baseline.js';

/** A figure that both sides predict for the same measurement. */
export interface PairedFigure {
  readonly experiment: BaselineExperiment;
  readonly stage: StageKey;
  readonly metric: MetricName;
  readonly measuredMs: number;
  readonly baseline: BaselineFigure;
  readonly now: BaselineFigure;
}

/** The figures of two validations that can be held against each other, in the order of the newer one. */
export function pairFigures(baseline: Baseline, result: ValidationResult): PairedFigure[] {
  const before = new Map(baseline.figures.map((figure) => [figureKey(figure), figure]));
  const experiments = new Map(result.experiments.map((entry) => [entry.experiment, entry]));
  return result.rows.flatMap((now) => {
    const then = before.get(figureKey(now));
    const experiment = experiments.get(now.experiment);
    if (then === undefined || experiment === undefined || then.measuredMs !== now.measuredMs) return [];
    const { stage, metric, measuredMs } = now;
    return { experiment, stage, metric, measuredMs, baseline: then, now };
  });
}

/** True when both sides drew the same arrivals, so that predictions must agree to the last digit. */
export const sameSeeds = (baseline: Baseline, result: ValidationResult): boolean =>
  baseline.seeds.length === result.seeds.length &&
  baseline.seeds.every((seed, i) => seed === result.seeds[i]);
