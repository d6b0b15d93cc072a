import { readdir } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { nearestName, TruelineError } from '../errors.js';
import type { KernelSweep, KernelTable } from '../trace/kernel-sweep.js';
import type { Diagnostic } from '../trace/trace.js';
import { FAMILIES, requiredColumns, type FamilySpec } from './kernel-sweep-families.js';
import { cleanRows, type CleanRows } from './kernel-sweep-rows.js';
import { looksLikeSweepTable, readTableRows, type RawRow } from './kernel-sweep-table.js';
import { hashFile, pathKind, readBytes } from './read-file.js';

interface LoadedTable {
  readonly file: string;
  readonly table: KernelTable;
  readonly rows: readonly RawRow[];
}

const distinct = (values: readonly string[]): string[] => [...new Set(values)].toSorted();

const columnOf = (rows: readonly RawRow[], column: string): string[] =>
  distinct(rows.filter((row) => row[column] !== undefined).map((row) => String(row[column])));

async function loadTable(root: string, path: string): Promise<LoadedTable | undefined> {
  const file = path === '' ? root : join(root, path);
  const bytes = await readBytes(file);
  if (!looksLikeSweepTable(bytes)) return undefined;
  const rows = await readTableRows(bytes, file);
  const [first] = rows;
  if (first === undefined || !('op_name' in first) || !('latency' in first)) {
    throw new TruelineError('FORMAT_UNKNOWN', 'a table, but not of kernel times', {
      file,
      hint: 'A kernel table has the columns `op_name` and `latency` and at least one row.',
    });
  }
  const name = path === '' ? basename(root) : path.split(sep).join('/');
  const versions = columnOf(rows, 'version');
  return { file, table: { path: name, sha256: await hashFile(file), rows: rows.length, versions }, rows };
}

async function loadTables(root: string): Promise<LoadedTable[]> {
  const paths = (await pathKind(root)) === 'file' ? [''] : await filesUnder(root);
  const tables: LoadedTable[] = [];
  for (const path of paths) {
    const table = await loadTable(root, path);
    if (table !== undefined) tables.push(table);
  }
  if (tables.length > 0) return tables;
  throw new TruelineError('FORMAT_UNKNOWN', 'holds no table of kernel times', {
    file: root,
    hint: 'Give a Parquet, CSV or JSON-lines table with `op_name` and `latency`, or a folder of them.',
  });
}

async function filesUnder(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length)
        .replace(/^[\\/]/u, ''),
    )
    .toSorted();
}

/** The one device all tables name. @throws FORMAT_INVALID when there are several */
function singleDevice(tables: readonly LoadedTable[], file: string): string {
  const devices = distinct(tables.flatMap(({ rows }) => columnOf(rows, 'device')));
  const [device] = devices;
  if (device !== undefined && devices.length === 1) return device;
  throw new TruelineError('FORMAT_INVALID', `tables of ${devices.length} GPUs: ${devices.join(', ')}`, {
    file,
    hint: 'Read the sweep of one GPU at a time.',
  });
}

function checkColumns(spec: FamilySpec<string, string>, { file, rows }: LoadedTable): void {
  const first = rows.find((row) => row['op_name'] === spec.operator);
  if (first === undefined) return;
  const missing = requiredColumns(spec).find((column) => !(column in first));
  if (missing === undefined) return;
  const near = nearestName(missing, Object.keys(first));
  throw new TruelineError('FORMAT_INVALID', `${spec.operator} table has no column \`${missing}\``, {
    file,
    hint:
      near === undefined
        ? `Columns found: ${Object.keys(first).join(', ')}.`
        : `Rename \`${near}\` to \`${missing}\`.`,
  });
}

function cleanFamily<NumberKey extends string, LabelKey extends string>(
  spec: FamilySpec<NumberKey, LabelKey>,
  tables: readonly LoadedTable[],
): CleanRows<NumberKey, LabelKey> {
  for (const table of tables) checkColumns(spec, table);
  const isMine = (row: RawRow): boolean => row['op_name'] === spec.operator;
  return cleanRows(
    spec,
    tables.flatMap(({ rows }) => rows.filter(isMine)),
  );
}

function cleanFamilies(tables: readonly LoadedTable[]) {
  return {
    gemm: cleanFamily(FAMILIES.gemm, tables),
    contextAttention: cleanFamily(FAMILIES.contextAttention, tables),
    generationAttention: cleanFamily(FAMILIES.generationAttention, tables),
    moe: cleanFamily(FAMILIES.moe, tables),
    allReduce: cleanFamily(FAMILIES.allReduce, tables),
    sampler: cleanFamily(FAMILIES.sampler, tables),
  };
}

/** What cleaning did, one diagnostic per kind with the counts of all families. */
function cleaningDiagnostics(families: ReturnType<typeof cleanFamilies>): Diagnostic[] {
  const counts = Object.entries(families).map(([name, { bad, repeated }]) => ({ name, bad, repeated }));
  const total = (key: 'bad' | 'repeated'): number => counts.reduce((sum, family) => sum + family[key], 0);
  const where = (key: 'bad' | 'repeated'): string =>
    counts.flatMap((family) => (family[key] === 0 ? [] : `${family.name} ${family[key]}`)).join(', ');
  const dropped = { code: 'KERNEL_ROW_BAD', kind: 'dropped', count: total('bad') } as const;
  const averaged = { code: 'KERNEL_ROW_REPEATED', kind: 'repaired', count: total('repeated') } as const;
  return [
    { ...dropped, message: `rows whose key or latency is not a positive number: ${where('bad')}` },
    { ...averaged, message: `rows averaged into another of the same key: ${where('repeated')}` },
  ].filter(({ count }) => count > 0);
}

function unknownOperators(tables: readonly LoadedTable[]): Diagnostic[] {
  const known = new Set<unknown>(Object.values(FAMILIES).map(({ operator }) => operator));
  const strange = tables.flatMap(({ rows }) => rows.filter((row) => !known.has(row['op_name'])));
  if (strange.length === 0) return [];
  const names = columnOf(strange, 'op_name').join(', ');
  const message = `rows of operators that no constant is fitted from: ${names}`;
  return [{ code: 'KERNEL_OPERATOR_UNKNOWN', kind: 'dropped', count: strange.length, message }];
}

/**
 * Reads a kernel sweep: one table, or every table under the folder of one GPU (all operators and releases).
 * @param path Parquet, CSV or JSON-lines file (told by content), or a folder; other files in it are ignored
 * @throws FILE_NOT_FOUND, FILE_TRUNCATED, FORMAT_INVALID (missing column, tables of two GPUs), FORMAT_UNKNOWN (no table)
 */
export async function readKernelSweep(path: string): Promise<KernelSweep> {
  const tables = await loadTables(path);
  const device = singleDevice(tables, path);
  const families = cleanFamilies(tables);
  return {
    device,
    gemm: families.gemm.rows,
    contextAttention: families.contextAttention.rows,
    generationAttention: families.generationAttention.rows,
    moe: families.moe.rows,
    allReduce: families.allReduce.rows,
    sampler: families.sampler.rows,
    tables: tables.map(({ table }) => table),
    diagnostics: [...cleaningDiagnostics(families), ...unknownOperators(tables)],
  };
}
