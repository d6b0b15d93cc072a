import type { MetricName } from '../../trace/metrics.js';
import type { ExperimentResult, ValidationResult, ValidationRow } from '../../validate/validation-result.js';
import { left, right, type FigureBlock } from '../document.js';
import { count, metricTitle, ms, pct, signedPct, stageTitle } from '../format.js';
import { printable } from '../plain-text.js';
import { shortModel } from '../validation/experiment-table.js';
import { knobValue, varyingKnobs, type ServerKnob } from '../validation/server-knobs.js';

/** One compared figure as charts draw it: numbers, groups, and texts ready to show, as charts check them no more. */
export interface RunPoint {
  readonly run: string;
  readonly stage: string;
  readonly split: string;
  readonly model: string;
  readonly gpu: string;
  readonly tensorParallel: string;
  /** Of the settings that experiments of the result differ in. */
  readonly settings: Readonly<Record<string, string>>;
  readonly workload: string;
  readonly knee: string;
  /** Mean batch and context of the stage in simulation, where known. */
  readonly batchRequests?: number;
  readonly contextTokens?: number;
  readonly metric: string;
  readonly measuredMs: number;
  readonly predictedMs: number;
  readonly errorPct: number;
  /** Ends of the 90 % prediction interval, where there is one. */
  readonly lowMs?: number;
  readonly highMs?: number;
  readonly measured: string;
  readonly predicted: string;
  readonly error: string;
}

/** As many digits as a drawing can show. */
const drawn = (value: number): number => Number(value.toPrecision(6));

function runPoint(row: ValidationRow, entry: ExperimentResult, knobs: readonly ServerKnob[]): RunPoint {
  const stage = entry.stages.find((candidate) => candidate.stage === row.stage);
  return {
    run: printable(entry.experiment),
    stage: stageTitle(row.stage),
    split: entry.split,
    model: printable(shortModel(entry.model)),
    gpu: printable(entry.gpu),
    tensorParallel: `TP ${entry.tensorParallelSize}`,
    workload: printable(entry.workload),
    settings: Object.fromEntries(
      knobs.map((knob) => [knob.name, printable(knobValue(entry, knob) ?? 'unknown')]),
    ),
    knee: stage?.verdict ?? 'unknown',
    ...(stage?.batch && {
      batchRequests: drawn(stage.batch.meanRequests),
      contextTokens: drawn(stage.batch.meanContextTokens),
    }),
    metric: metricTitle(row.metric),
    measuredMs: drawn(row.measuredMs),
    predictedMs: drawn(row.predictedMs),
    errorPct: drawn(row.errorPct),
    ...(row.interval && { lowMs: drawn(row.interval.low), highMs: drawn(row.interval.high) }),
    measured: `${ms(row.measuredMs)} ms`,
    predicted: `${ms(row.predictedMs)} ms`,
    error: `${signedPct(row.errorPct)} %`,
  };
}

/** The figures of some metrics: of whole runs, or of their single stages. */
export function runPoints(
  { rows, experiments }: ValidationResult,
  metrics: readonly MetricName[],
  scope: 'runs' | 'stages' = 'runs',
): RunPoint[] {
  const knobs = varyingKnobs(experiments);
  const byId = new Map(experiments.map((entry) => [entry.experiment, entry]));
  return rows.flatMap((row) => {
    const entry = byId.get(row.experiment);
    const wanted = metrics.includes(row.metric) && (row.stage === 'all') === (scope === 'runs');
    return entry === undefined || !wanted ? [] : [runPoint(row, entry, knobs)];
  });
}

/** The points as a table. */
export const pointTable = (points: readonly RunPoint[]): FigureBlock['data'] => ({
  columns: [
    ...['run', 'stage', 'split', 'model', 'GPU', 'tensor parallel', 'workload', 'metric'].map(left),
    ...['measured', 'predicted', 'error', 'batch', 'context'].map(right),
  ],
  rows: points.map((point) => [
    point.run,
    point.stage,
    point.split,
    point.model,
    point.gpu,
    point.tensorParallel,
    point.workload,
    point.metric,
    point.measured,
    point.predicted,
    point.error,
    pct(point.batchRequests),
    count(point.contextTokens),
  ]),
});

/** What a pointer over a point shows. */
export const POINT_TOOLTIP = [
  { field: 'run', type: 'nominal' as const },
  { field: 'stage', type: 'nominal' as const },
  { field: 'model', type: 'nominal' as const },
  { field: 'gpu', type: 'nominal' as const, title: 'GPU' },
  { field: 'tensorParallel', type: 'nominal' as const, title: 'tensor parallel' },
  { field: 'workload', type: 'nominal' as const },
  { field: 'metric', type: 'nominal' as const },
  { field: 'measured', type: 'nominal' as const },
  { field: 'predicted', type: 'nominal' as const },
  { field: 'error', type: 'nominal' as const },
];
