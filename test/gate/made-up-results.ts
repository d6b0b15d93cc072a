import type { MetricName } from '../../src/trace/metrics.js';
import { compareSuite } from '../../src/validate/compare-suite.js';
import type { ValidationResult } from '../../src/validate/validation-result.js';
import { experiment, loadOf, replay, SET, suiteOf } from '../validate/made-up-suite.js';

/** One made-up run: measured and, per seed, predicted TTFT, ITL and E2E, in ms. */
export interface MadeUpRun {
  readonly id: string;
  readonly gpu: string;
  readonly measured: readonly [ttft: number, itl: number, e2e: number];
  readonly predicted: readonly (readonly [ttft: number, itl: number, e2e: number])[];
  /** Runs of one GPU with the same load are repeats of each other; by default every run has its own. */
  readonly load?: number;
}

const METRICS = ['ttftMeanMs', 'itlMeanMs', 'e2eMeanMs'] as const;

const figures = (values: readonly number[]): Partial<Record<MetricName, number>> =>
  Object.fromEntries(METRICS.map((metric, i) => [metric, values[i]!]));

/** The validation those runs make; seeds are `firstSeed`, `firstSeed + 1`, … */
export function validationOf(runs: readonly MadeUpRun[], firstSeed = 0): ValidationResult {
  const replayed = runs.map(({ id, gpu, measured, predicted, load }, i) => ({
    experiment: experiment(id, [{ stage: 'all', metrics: figures(measured) }], {
      gpu,
      workload: loadOf(load ?? i + 1),
    }),
    jobs: [],
    outcomes: predicted.map((values) => ({
      ok: true as const,
      result: replay([['all', figures(values)]]),
    })),
  }));
  const seeds = runs[0]?.predicted.map((_, i) => firstSeed + i) ?? [];
  return compareSuite(suiteOf(replayed.map((entry) => entry.experiment)), SET, seeds, replayed);
}

/** Twelve runs on two GPUs, one seed, each predicted 1 % too large in E2E and ITL and 2 % in TTFT. */
export const twelveRuns = (): MadeUpRun[] =>
  Array.from({ length: 12 }, (_, i) => {
    const measured = [30 + 3 * i, 10 + i, 2000 + 200 * i] as const;
    const predicted = [measured[0] * 1.02, measured[1] * 1.01, measured[2] * 1.01] as const;
    return { id: String(i), gpu: i < 6 ? 'H100' : 'L40S', measured, predicted: [predicted] };
  });

/** The same validation with the predictions of one metric on one GPU scaled. */
export function scaled(
  result: ValidationResult,
  metric: MetricName,
  gpu: string,
  factor: number,
): ValidationResult {
  const onGpu = new Set(
    result.experiments.filter((entry) => entry.gpu === gpu).map((entry) => entry.experiment),
  );
  return {
    ...result,
    rows: result.rows.map((row) =>
      row.metric === metric && onGpu.has(row.experiment)
        ? { ...row, predictedMs: row.predictedMs * factor }
        : row,
    ),
  };
}
