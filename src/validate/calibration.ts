import { calibrationLine, type CalibrationLine } from '../stats/calibration-line.js';
import type { Split } from '../trace/experiment.js';
import { METRIC_NAMES, type MetricName } from '../trace/metrics.js';
import type { LabelledRow } from './labelled-rows.js';

/** Predicted against measured over the whole runs of one split, in ms. */
export interface Calibration extends CalibrationLine {
  readonly split: Split;
  readonly metric: MetricName;
}

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
