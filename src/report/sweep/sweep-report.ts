import { METRIC_NAMES } from '../../trace/metrics.js';
import type { SweepResult, SweepRow } from '../../validate/index.js';
import {
  heading,
  left,
  list,
  paragraph,
  right,
  table,
  type Block,
  type ReportDocument,
} from '../document.js';
import { renderCsv } from '../render-csv.js';
import { count, metricTitle, MISSING, ms } from '../format.js';

const SHOWN_METRICS = ['ttftMeanMs', 'ttftP99Ms', 'itlMeanMs', 'e2eMeanMs'] as const;

const wholeRun = ({ configuration }: SweepRow) => configuration.stages.find(({ stage }) => stage === 'all');

/** Load ÷ the rate at which queues begin to grow, and on which side of it the run lies. */
function kneeCell(row: SweepRow): string {
  const whole = wholeRun(row);
  if (whole === undefined) return MISSING;
  const percent = whole.kneeLoadRatio === undefined ? '' : `${count(100 * whole.kneeLoadRatio)} % `;
  return `${percent}${whole.verdict}`;
}

const perGpu = ({ generatedTokensPerS, gpus }: SweepRow): number | undefined =>
  generatedTokensPerS === undefined ? undefined : generatedTokensPerS / gpus;

/** Dimensions in which a prediction lies outside what its coefficients were fitted on. */
const beyond = ({ configuration }: SweepRow): string =>
  configuration.beyondFit.map(({ dimension }) => dimension).join(', ');

const rowCells = (row: SweepRow): string[] => [
  row.configuration.experiment,
  String(row.gpus),
  ...SHOWN_METRICS.map((metric) => ms(row.metrics[metric])),
  count(perGpu(row)),
  kneeCell(row),
  beyond(row),
];

/** Reasons why configurations were left out, each with those it holds for: as a rule a model that does not fit. */
function notSimulatedBlocks(notSimulated: SweepResult['notSimulated']): Block[] {
  if (notSimulated.length === 0) return [];
  const reasons = [...new Set(notSimulated.map(({ reason, code }) => `${reason} [${code}]`))];
  const lines = reasons.map((text) => {
    const n = notSimulated.filter(({ reason, code }) => `${reason} [${code}]` === text).length;
    return `${text}: ${n} ${n === 1 ? 'configuration' : 'configurations'}`;
  });
  return [paragraph('Not simulated:', 'bad'), list(lines, 'bad')];
}

/** What each configuration of a sweep is predicted to do, one row each, in the order of the plan. */
export const sweepReport = ({
  sweep,
  coefficientSet,
  seeds,
  rows,
  notSimulated,
}: SweepResult): ReportDocument => [
  heading(1, `Sweep ${sweep}`),
  paragraph(
    `Whole runs, mean of ${seeds.length} ${seeds.length === 1 ? 'replay' : 'replays'}, in ms; coefficients ${coefficientSet}. ` +
      'Predictions: nothing here was measured.',
  ),
  ...table(
    [
      left('configuration'),
      right('GPUs'),
      ...SHOWN_METRICS.map((metric) => right(metricTitle(metric))),
      right('tokens/s per GPU'),
      left('load ÷ knee'),
      left('beyond the fit in'),
    ],
    rows.map(rowCells),
  ),
  ...notSimulatedBlocks(notSimulated),
];

/** `ttft_mean_ms` for `ttftMeanMs`: how spreadsheets and data frames name columns. */
const snakeCase = (name: string): string =>
  name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);

const COLUMNS = [
  'configuration',
  'model',
  'gpu',
  'workload',
  'gpus',
  'tensor_parallel_size',
  'data_parallel_size',
  'max_num_seqs',
  'max_num_batched_tokens',
  'gpu_memory_utilization',
  'prefix_caching',
  'requests_per_s',
  'generated_tokens_per_s',
  'load_to_knee_ratio',
  'saturation',
  'beyond_fit',
  ...METRIC_NAMES.map(snakeCase),
];

function csvCells(row: SweepRow): (string | number | boolean)[] {
  const { configuration, server } = row;
  const whole = wholeRun(row);
  return [
    configuration.experiment,
    configuration.model,
    configuration.gpu,
    configuration.workload,
    row.gpus,
    server.tensorParallelSize,
    server.dataParallelSize,
    server.maxNumSeqs,
    server.maxNumBatchedTokens,
    server.gpuMemoryUtilizationRatio,
    server.prefixCaching,
    row.requestsPerS ?? '',
    row.generatedTokensPerS ?? '',
    whole?.kneeLoadRatio ?? '',
    whole?.verdict ?? '',
    beyond(row),
    ...METRIC_NAMES.map((metric) => row.metrics[metric] ?? ''),
  ];
}

/** A sweep as CSV, one line per configuration, numbers in full precision; text that looks like a formula gets an apostrophe. */
export const renderSweepCsv = ({ rows }: SweepResult): string => renderCsv(COLUMNS, rows.map(csvCells));
