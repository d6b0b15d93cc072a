import { calibrationLine } from '../stats/calibration-line.js';
import { METRIC_NAMES } from '../trace/metrics.js';
import type { LabelledRow } from './labelled-rows.js';
import type { Calibration } from './validation-result.js';

/** One line per split and metric; groups too small for a line are left out. */
export const calibrations = (rows: readonly LabelledRow[]): Calibration[] =>
  (['test', 'train'] as const).flatMap((split) =>
    METRIC_NAMES.flatMap((metric) => {
      const runs = rows.filter(
        (row) => row.stage === 'all' && row.metric === metric && row.labels.split === split,
      );
      const line = calibrationLine(
        runs.map((row) => row.measuredMs),
        runs.map((row) => row.predictedMs),
      );
      return line === undefined ? [] : [{ split, metric, ...line }];
    }),
  );
