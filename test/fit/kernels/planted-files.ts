import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAMILIES, type FamilySpec } from '../../../src/ingest/kernel-sweep-families.js';
import type { KernelSweep, OperatorRows } from '../../../src/trace/kernel-sweep.js';

/** The data sheet of the planted sweep's GPU, as a user would write it. */
export const GPU_SHEET = `name: Demo
aliases: []
source: made up
bf16TflopPerS: 1000
fp8TflopPerS: 2000
hbmTbPerS: 1
memoryGib: 74.5
linkGbPerS: 400
l2Mb: 1
`;

type Cells = Readonly<Record<string, string | number>>;

/** A row as sweep tables have it: milliseconds, whole versions, the context of a decode point as `isl + step`. */
function rowCells(
  spec: FamilySpec<string, string>,
  rows: OperatorRows<string, string>,
  row: number,
  device: string,
): Cells {
  const numbers = Object.entries(spec.numbers).flatMap(([name, { column, plus }]) => {
    const value = rows.numbers[name]![row]!;
    return plus === undefined
      ? [[column, value] as const]
      : [[column, value - 1] as const, [plus, 1] as const];
  });
  const labels = Object.entries(spec.labels).map(([name, column]) => {
    const label = rows.labels[name]![row]!;
    return [column, name === 'release' ? `${label}.0` : label] as const;
  });
  const cells = Object.fromEntries<string | number>([...numbers, ...labels]);
  return { op_name: spec.operator, device, ...cells, latency: rows.us[row]! / 1000 };
}

const csv = (rows: readonly Cells[]): string =>
  [Object.keys(rows[0]!), ...rows.map(Object.values)].map((cells) => `${cells.join(',')}\n`).join('');
const jsonLines = (rows: readonly Cells[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** Writes a sweep as a folder of tables, one per operator: CSV, but the experts in JSON lines. */
export function writeSweep(sweep: KernelSweep, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const family of [
    'gemm',
    'contextAttention',
    'generationAttention',
    'moe',
    'allReduce',
    'sampler',
  ] as const) {
    const rows: OperatorRows<string, string> = sweep[family];
    const cells = Array.from({ length: rows.count }, (_, row) =>
      rowCells(FAMILIES[family], rows, row, sweep.device),
    );
    if (cells.length === 0) continue;
    if (family === 'moe') writeFileSync(join(folder, 'moe.jsonl'), jsonLines(cells));
    else writeFileSync(join(folder, `${family}.csv`), csv(cells));
  }
}
