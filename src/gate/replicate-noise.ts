import { METRIC_NAMES, type MetricName } from '../trace/metrics.js';
import { pooledNoise, type ValidationResult } from '../validate/index.js';

/** How much a repeat of a measured whole run differs, and who measured that. */
export interface ReplicateNoise {
  readonly metric: MetricName;
  /** Standard deviation of a repeat, in % of the figure. */
  readonly noisePct: number;
  /** `suite`: exact repeats in the suite itself; `public suite`: it has too few, so what the public suite shows. */
  readonly from: 'suite' | 'public suite';
}

/** Repeats beyond the first that a suite needs before its own noise is used: the noise is then known to about a third. */
const ENOUGH_DEGREES_OF_FREEDOM = 4;

/**
 * Standard deviation of a repeat in the public suite, in % of the figure, pooled over experiments 9, 28, 29, 56 and 16, 23,
 * 24, 25 as `trueline validate` states it; the medians, which that suite does not have, as their means. TTFT p99 is a
 * handful of requests of the first seconds and hardly repeats. Source: inference-sim/training@c4f0340.
 */
export const PUBLIC_SUITE_NOISE_PCT: Readonly<Record<MetricName, number>> = {
  ttftMeanMs: 3.3,
  ttftP50Ms: 3.3,
  ttftP90Ms: 3.8,
  ttftP99Ms: 44,
  itlMeanMs: 0.66,
  e2eMeanMs: 0.64,
  e2eP50Ms: 0.64,
  e2eP90Ms: 0.75,
  e2eP99Ms: 1.3,
};

/** Noise of each metric: of the suite's own repeats of equal settings where there are enough, else of the public suite. */
export function replicateNoise({ replicates }: Pick<ValidationResult, 'replicates'>): ReplicateNoise[] {
  const exact = replicates.filter(({ differingSettings }) => differingSettings.length === 0);
  return METRIC_NAMES.map((metric) => {
    const own = pooledNoise(exact, metric);
    return own !== undefined && own.degreesOfFreedom >= ENOUGH_DEGREES_OF_FREEDOM
      ? { metric, noisePct: own.cvPct, from: 'suite' }
      : { metric, noisePct: PUBLIC_SUITE_NOISE_PCT[metric], from: 'public suite' };
  });
}
