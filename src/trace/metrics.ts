/** The metrics of a set of requests, in the order reports show them. */
export const METRIC_NAMES = [
  'ttftMeanMs',
  'ttftP50Ms',
  'ttftP90Ms',
  'ttftP99Ms',
  'itlMeanMs',
  'e2eMeanMs',
  'e2eP50Ms',
  'e2eP90Ms',
  'e2eP99Ms',
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];
