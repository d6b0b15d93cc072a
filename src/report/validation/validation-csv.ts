import type { ExperimentResult, ValidationResult, ValidationRow } from '../../validate/validation-result.js';
import { renderCsv } from '../render-csv.js';

const COLUMNS = [
  'experiment',
  'split',
  'model',
  'gpu',
  'tensor_parallel_size',
  'workload',
  'stage',
  'saturation',
  'metric',
  'measured_ms',
  'predicted_ms',
  'error_pct',
  'seed_spread_pct',
] as const;

function rowCells(row: ValidationRow, entry: ExperimentResult | undefined): (string | number)[] {
  return [
    row.experiment,
    entry?.split ?? '',
    entry?.model ?? '',
    entry?.gpu ?? '',
    entry?.tensorParallelSize ?? '',
    entry?.workload ?? '',
    row.stage,
    entry?.stages.find((candidate) => candidate.stage === row.stage)?.verdict ?? '',
    row.metric,
    row.measuredMs,
    row.predictedMs,
    row.errorPct,
    row.seedSpreadPct ?? '',
  ];
}

/**
 * Every compared figure as one line of CSV, numbers in full precision, each peer's prediction in a column `<peer>_ms` of its own.
 * Text that a spreadsheet would take for a formula gets an apostrophe in front.
 */
export function renderValidationCsv({ rows, experiments }: ValidationResult): string {
  const byId = new Map(experiments.map((entry) => [entry.experiment, entry]));
  const peers = [...new Set(rows.flatMap((row) => Object.keys(row.peersMs)))].toSorted();
  const data = rows.map((row) => [
    ...rowCells(row, byId.get(row.experiment)),
    ...peers.map((peer) => row.peersMs[peer] ?? ''),
  ]);
  const fields = [...COLUMNS, ...peers.map((peer) => `${peer}_ms`)];
  return renderCsv(fields, data);
}
