import Papa from 'papaparse';
import { TruelineError } from '../errors.js';
import { parseJson } from '../text/parse-document.js';
import type { StageAggregate } from '../trace/trace.js';
import { sToMs } from '../units.js';
import type { DataImporter, TracePart } from './importer.js';
import type { FileProbe } from './probe-file.js';
import { readText } from './read-file.js';
import { stageMetrics } from './stage-metrics.js';
import { asNumber, items } from './value-guards.js';

const HEADER_ROWS = 3;

/** Places in a `Percentiles` cell: min, p0.1, p1, p5, p10, p25, p75, p90, p95, p99, max. There is no median. */
const PERCENTILE_INDEX = { p90: 7, p99: 9 } as const;

/** Cells of one benchmark by group, field and statistic: the three header rows. */
type ReadCell = (group: string, field: string, statistic?: string) => string | undefined;

const numberOf = (cell: string | undefined): number | undefined =>
  cell === undefined || cell.trim() === '' ? undefined : asNumber(Number(cell));

function aggregateOf(read: ReadCell, stage: number, file: string): StageAggregate {
  const count = (field: string): number => numberOf(read('Request Counts', field)) ?? 0;
  const percentile = (group: string, field: string, index: number): number | undefined => {
    const cell = read(group, field, 'Percentiles');
    return cell === undefined || cell.trim() === ''
      ? undefined
      : asNumber(items(parseJson(cell, file, stage + HEADER_ROWS + 1))[index]);
  };
  const statistic = (
    group: string,
    field: string,
    name: 'mean' | 'p50' | 'p90' | 'p99',
  ): number | undefined => {
    if (name === 'mean') return numberOf(read(group, field, 'Mean'));
    if (name === 'p50') return numberOf(read(group, field, 'Median'));
    return percentile(group, field, PERCENTILE_INDEX[name]);
  };
  return {
    stage,
    requests: count('Total'),
    failed: count('Errored'),
    metrics: stageMetrics(
      (duration, name) => {
        if (duration === 'ttft') return statistic('Time to First Token', 'Successful ms', name);
        const seconds = statistic('Request Latency', 'Successful Sec', name);
        return seconds === undefined ? undefined : sToMs(seconds);
      },
      numberOf(read('Inter Token Latency', 'Successful ms', 'Mean')),
    ),
  };
}

/** @throws FORMAT_INVALID when the three header rows are not all there */
async function stagesIn(file: string): Promise<StageAggregate[]> {
  const rows = Papa.parse<string[]>(await readText(file), { delimiter: ',', skipEmptyLines: 'greedy' }).data;
  const [groups = [], fields, statistics] = rows;
  if (fields === undefined || statistics === undefined)
    throw new TruelineError('FORMAT_INVALID', 'the three header rows are not all there', { file });
  const columns = new Map(groups.map((group, i) => [[group, fields[i], statistics[i]].join('\n'), i]));
  return rows.slice(HEADER_ROWS).map((cells, stage) => {
    const read: ReadCell = (group, field, statistic = '') =>
      cells[columns.get([group, field, statistic].join('\n')) ?? -1];
    return aggregateOf(read, stage, file);
  });
}

async function readTables(files: readonly FileProbe[]): Promise<TracePart> {
  const stages: StageAggregate[] = [];
  for (const { file } of files) stages.push(...(await stagesIn(file)));
  return { stages: stages.map((aggregate, stage) => ({ ...aggregate, stage })), clock: 'client' };
}

/**
 * GuideLLM's CSV report (vllm-project/guidellm@ee7a774): one row a benchmark, which is a stage. Its percentiles are steps of
 * the empirical distribution, without interpolation.
 */
export const guideLlmCsvImporter: DataImporter = {
  format: 'guidellm-csv',
  looksFor: 'GuideLLM CSV reports: a first row of `Run Info`, `Benchmark`, `Timings`',
  matches: ({ kind, start }) => {
    if (kind !== 'text') return false;
    const groups = new Set(start.slice(0, start.indexOf('\n')).trim().split(','));
    return ['Run Info', 'Benchmark', 'Timings'].every((group) => groups.has(group));
  },
  read: readTables,
};
