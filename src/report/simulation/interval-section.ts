import { METRIC_NAMES } from '../../trace/metrics.js';
import type { StageIntervals } from '../../validate/index.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { MISSING, metricTitle, ms, stageTitle } from '../format.js';

/** Where each figure would be measured with 90 % probability. */
export function intervalSection(stages: readonly StageIntervals[]): Block[] {
  const metrics = METRIC_NAMES.filter((metric) =>
    stages.some(({ intervals }) => intervals[metric] !== undefined),
  );
  if (metrics.length === 0) return [];
  const shown = stages.length === 2 ? stages.slice(0, 1) : stages;
  return [
    heading(2, 'Prediction intervals'),
    paragraph(
      'A real server is measured inside with 90 % probability, as far as the experiments the coefficients were fitted to can tell. ' +
        'A wide interval of TTFT means that small errors of the step time matter: the load is near the knee.',
    ),
    ...table(
      [left('ms, 90 %'), ...metrics.map((metric) => right(metricTitle(metric)))],
      shown.map(({ stage, intervals }) => [
        stageTitle(stage),
        ...metrics.map((metric) => {
          const interval = intervals[metric];
          return interval === undefined ? MISSING : `${ms(interval.low)} … ${ms(interval.high)}`;
        }),
      ]),
    ),
  ];
}
