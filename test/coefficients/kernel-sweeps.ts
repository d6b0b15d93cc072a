import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** A sweep table, read here without the importer so that neither can hide the other's mistake. */
export type SweepRow = Readonly<Record<string, unknown>>;

/** Number of a row's column; Parquet integers arrive as bigint. */
export const numberOf = (row: SweepRow, column: string): number => Number(row[column] ?? NaN);

const US_PER_MS = 1000;
/** Sweeps state milliseconds. */
export const microseconds = (row: SweepRow): number => numberOf(row, 'latency') * US_PER_MS;

/** All rows of `<folder>/<operator>/vllm/<version>/<table>_perf.parquet`. */
export async function readSweep(folder: string, operator: string, version: string, table: string): Promise<SweepRow[]> {
  const path = join(folder, operator, 'vllm', version, `${table}_perf.parquet`);
  return parquetReadObjects({ file: await asyncBufferFromFile(path), compressors });
}
