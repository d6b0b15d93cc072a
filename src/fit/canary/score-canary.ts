import type { CoefficientSet } from '../../coefficients/coefficient-set.js';
import { TruelineError } from '../../errors.js';
import type { BenchmarkFitInput } from '../fit-benchmarks.js';
import { againstBefore } from './against-before.js';
import { attributeDrift, type DriftCause } from './attribute-drift.js';
import { CANARY_METRICS, type CanaryMetric } from './canary-figure.js';
import { canaryRun, type CanaryRun } from './canary-run.js';
import { judgeMetric, type CanaryNoise, type MetricVerdict } from './judge-metric.js';

/** Whether a set still predicts. */
export interface CanaryResult {
  readonly metrics: readonly MetricVerdict[];
  readonly runs: readonly CanaryRun[];
  /** What changed, best explanation first; empty when nothing drifted. */
  readonly causes: readonly DriftCause[];
}

/** What to score a set on. */
export interface CanaryInput {
  readonly runs: BenchmarkFitInput;
  /** The same runs, measured when the set was true: errors are then held against theirs. */
  readonly before?: BenchmarkFitInput;
}

/**
 * Scores a set on new runs without fitting anything.
 * @param noise by metric
 * @throws COEFFICIENTS_INVALID when the set does not say how far it is off: nothing then tells a drift from its usual errors;
 *   SAMPLE_EMPTY when no figure can be compared; as `linearise` and `againstBefore`
 */
export function scoreCanary(
  input: CanaryInput,
  set: CoefficientSet,
  noise: Readonly<Record<CanaryMetric, CanaryNoise>>,
): CanaryResult {
  const { uncertainty } = set;
  if (uncertainty === undefined)
    throw new TruelineError('COEFFICIENTS_INVALID', `set ${set.name} does not say how far it is off`, {
      hint: 'Use a set fitted to a suite of several models: its `uncertainty`.',
    });
  const replayed = (of: BenchmarkFitInput): CanaryRun[] =>
    of.experiments.map((experiment) => canaryRun(of, experiment, set, uncertainty));
  const { before } = input;
  const runs =
    before === undefined ? replayed(input.runs) : againstBefore(replayed(input.runs), replayed(before));
  const judgedBy = before === undefined ? noise : ofDifferences(noise);
  const metrics = CANARY_METRICS.flatMap(
    (metric) => judgeMetric(metric, runs, uncertainty.covariance, judgedBy[metric]) ?? [],
  );
  if (metrics.length === 0)
    throw new TruelineError('SAMPLE_EMPTY', 'no mean TTFT, ITL or E2E of these runs can be compared', {
      hint: 'Give runs whose requests finish, in the measurement and in simulation.',
    });
  const hasDrifted = metrics.some(({ verdict }) => verdict === 'drifted');
  const own = before === undefined ? uncertainty : undefined;
  const rowLogSd = {
    itlMeanMs: Math.hypot(own?.stepTimeLogSd ?? 0, judgedBy.itlMeanMs.noisePct / 100),
    ttftMeanMs: Math.hypot(own?.metricLogSd.ttftMeanMs ?? 0, judgedBy.ttftMeanMs.noisePct / 100),
  };
  const { basis } = input.runs;
  return { metrics, runs, causes: hasDrifted ? attributeDrift(basis, runs, rowLogSd) : [] };
}

/** A difference of two measurements repeats √2 as badly as one of them. */
const ofDifferences = (noise: Readonly<Record<CanaryMetric, CanaryNoise>>): typeof noise => ({
  ttftMeanMs: { ...noise.ttftMeanMs, noisePct: Math.SQRT2 * noise.ttftMeanMs.noisePct },
  itlMeanMs: { ...noise.itlMeanMs, noisePct: Math.SQRT2 * noise.itlMeanMs.noisePct },
  e2eMeanMs: { ...noise.e2eMeanMs, noisePct: Math.SQRT2 * noise.e2eMeanMs.noisePct },
});
