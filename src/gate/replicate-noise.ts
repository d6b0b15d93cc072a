import type { MetricName } from '../trace/metrics.js';

/**
 * Standard deviation of a repeated measurement of a whole run, in % of it: the upper ends of what runs of the public suite
 * show that differ in nothing that binds (E2E 0.1 – 0.9, ITL 0.2 – 0.8, mean TTFT 2 – 4, p90 6; the last percentile of
 * TTFT is a handful of requests and moves most). Source: inference-sim/training@c4f0340, repeated configurations such as
 * experiments 9 and 29.
 */
export const REPLICATE_NOISE_PCT: Readonly<Record<MetricName, number>> = {
  ttftMeanMs: 4,
  ttftP50Ms: 4,
  ttftP90Ms: 6,
  ttftP99Ms: 10,
  itlMeanMs: 0.8,
  e2eMeanMs: 0.9,
  e2eP50Ms: 0.9,
  e2eP90Ms: 0.9,
  e2eP99Ms: 1.5,
};
