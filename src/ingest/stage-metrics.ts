import { withoutUndefined, type Defined } from '../text/object-keys.js';

/** Statistics of a duration that stage figures hold. */
export type LatencyStatistic = 'mean' | 'p50' | 'p90' | 'p99';

type StageMetricName =
  | 'ttftMeanMs'
  | 'ttftP50Ms'
  | 'ttftP90Ms'
  | 'ttftP99Ms'
  | 'itlMeanMs'
  | 'e2eMeanMs'
  | 'e2eP50Ms'
  | 'e2eP90Ms'
  | 'e2eP99Ms';

/**
 * Metrics of a load stage, from a report that states them.
 * @param ms a statistic of TTFT or E2E in ms; undefined where the report has none
 * @param itlMeanMs mean time per generated token
 */
export function stageMetrics(
  ms: (duration: 'ttft' | 'e2e', statistic: LatencyStatistic) => number | undefined,
  itlMeanMs: number | undefined,
): Defined<Partial<Record<StageMetricName, number>>> {
  return withoutUndefined({
    ttftMeanMs: ms('ttft', 'mean'),
    ttftP50Ms: ms('ttft', 'p50'),
    ttftP90Ms: ms('ttft', 'p90'),
    ttftP99Ms: ms('ttft', 'p99'),
    itlMeanMs,
    e2eMeanMs: ms('e2e', 'mean'),
    e2eP50Ms: ms('e2e', 'p50'),
    e2eP90Ms: ms('e2e', 'p90'),
    e2eP99Ms: ms('e2e', 'p99'),
  });
}
