import { parseCsv, type CsvRow } from '../text/parse-csv.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import type { FileProbe } from './probe-file.js';
import { readText } from './read-file.js';
import { asString, member } from './value-guards.js';
import { aggregateOfResult } from './vllm-bench.js';
import { refuseOtherServers } from './vllm-bench-servers.js';

const REQUIRED = ['endpoint_type', 'tokenizer_id', 'num_prompts'];

/** A row as the result it was made from: pandas writes numbers as they were, nothing for null, lists as text. */
const resultOf = ({ cells }: CsvRow): Readonly<Record<string, string | number>> =>
  Object.fromEntries(
    Object.entries(cells)
      .filter(([, cell]) => cell.trim() !== '')
      .map(([name, cell]) => [name, Number.isFinite(Number(cell)) ? Number(cell) : cell]),
  );

async function readSummaries(
  files: readonly FileProbe[],
  _facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const results: Readonly<Record<string, string | number>>[] = [];
  for (const { file } of files) results.push(...parseCsv(await readText(file), file, REQUIRED).map(resultOf));
  refuseOtherServers(results, files);
  const detailed = results.filter((result) => 'start_times' in result).length;
  log.add(
    'doubt',
    'requests-in-json',
    'results whose single requests only their run=….json can give',
    detailed,
  );
  const model = asString(member(results[0], 'model_id'));
  return {
    stages: results.map(aggregateOfResult),
    clock: 'client',
    ...(model === undefined ? {} : { facts: { model } }),
  };
}

/**
 * `summary.csv` of `vllm bench sweep`: one row a result, which is a stage; beside the JSON that says the same, it adds nothing.
 * Its first column is an index without a name, and what a result holds of single requests is a Python list as text.
 */
export const vllmBenchCsvImporter: DataImporter = {
  format: 'vllm-bench-csv',
  looksFor: 'vllm bench sweep summaries: CSV with columns `endpoint_type`, `tokenizer_id`, `num_prompts`',
  matches: ({ kind, start }) => {
    if (kind !== 'text') return false;
    const columns = new Set(start.slice(0, start.indexOf('\n')).trim().split(','));
    return REQUIRED.every((column) => columns.has(column));
  },
  read: readSummaries,
};
