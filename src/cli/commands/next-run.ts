import { basisByName } from '../../basis/index.js';
import { readCatalog, readCoefficientSet } from '../../coefficients/index.js';
import { recommendRuns, type DesignCriterion } from '../../fit/index.js';
import { nextRunReport } from '../../report/next-run/next-run-report.js';
import type { CommonOptions } from '../conclude.js';
import { plannedBenchmarks } from '../fit/suite-benchmarks.js';
import { readRunPlan } from '../next-run/plan-file.js';
import { renderAs, type Outcome, type TextFormat } from '../outcome.js';

/** Options of `trueline next-run`. */
export interface NextRunOptions extends CommonOptions {
  readonly coefficients: string;
  readonly criterion: DesignCriterion;
  readonly batch?: number;
  readonly format: TextFormat;
}

/**
 * Ranks runs by what they would teach about predictions one cares for, per GPU-minute.
 * @throws the codes of `readRunPlan`, `readCoefficientSet` and `recommendRuns`; MODEL_UNKNOWN, GPU_UNKNOWN
 */
export async function nextRun(file: string, options: NextRunOptions): Promise<Outcome> {
  const catalog = await readCatalog();
  const set = await readCoefficientSet(options.coefficients);
  const { candidates, targets } = await readRunPlan(file);
  const experiments = [...candidates.map(({ experiment }) => experiment), ...targets];
  const input = plannedBenchmarks(catalog, basisByName(set.basis), experiments);
  const recommendation = recommendRuns(input, {
    set,
    candidates,
    targets,
    criterion: options.criterion,
    ...(options.batch !== undefined && { batch: options.batch }),
  });
  return {
    text: (terminal) => renderAs(options.format, nextRunReport(set.name, recommendation), terminal),
    json: () => recommendation,
    passed: true,
  };
}
