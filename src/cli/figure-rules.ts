import * as z from 'zod';
import { figureKey, type BaselineFigure } from '../gate/index.js';

/** A duration that was measured: never 0, for errors are relative to it. */
export const measuredMs = z.number().positive();
/** A duration that was predicted. */
export const predictedMs = z.number().nonnegative();
/** (max − min) ÷ mean of the seeds, in %. */
export const seedSpreadPct = z.number().nonnegative();

/** Seeds of the replays, each once. */
export const seeds = z
  .array(z.int().nonnegative())
  .min(1)
  .refine((list) => new Set(list).size === list.length, 'a seed is there twice');

/** What a file lists: figures under the name that the file has for them, and the experiments that they are of. */
interface Listed<Field extends string> {
  readonly experiments: readonly { readonly experiment: string }[];
  readonly figures: readonly Pick<BaselineFigure, 'experiment' | 'stage' | 'metric' | 'seedSpreadPct'>[];
  readonly seeds: readonly number[];
  readonly field: Field;
}

/**
 * Reports what no validation writes, and what would hide figures from the gate: experiments and figures listed twice, figures
 * of an experiment that is not listed, and spreads that so many positive values cannot have (max − min ≤ n · mean).
 */
export function refuseContradictions<Field extends string>(
  { experiments, figures, seeds: replays, field }: Listed<Field>,
  context: z.RefinementCtx,
): void {
  const report = (path: (string | number)[], message: string): void =>
    context.addIssue({ code: 'custom', path, message });
  const known = new Set<string>();
  for (const [i, { experiment }] of experiments.entries()) {
    if (known.has(experiment)) report(['experiments', i], `experiment ${experiment} is there twice`);
    known.add(experiment);
  }
  const seen = new Set<string>();
  for (const [i, figure] of figures.entries()) {
    const { experiment, stage, metric } = figure;
    const key = figureKey(figure);
    if (!known.has(experiment)) report([field, i], `experiment ${experiment} is not among the experiments`);
    if (seen.has(key))
      report([field, i], `${metric} of experiment ${experiment}, stage ${stage}, is there twice`);
    seen.add(key);
    if ((figure.seedSpreadPct ?? 0) > 100 * replays.length)
      report([field, i, 'seedSpreadPct'], `${replays.length} replays cannot spread by that much`);
  }
}
