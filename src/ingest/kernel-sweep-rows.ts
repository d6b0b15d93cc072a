import type { OperatorRows } from '../trace/kernel-sweep.js';
import { RELEASE_COLUMN, type FamilySpec, type KeyColumn } from './kernel-sweep-families.js';
import type { RawRow } from './kernel-sweep-table.js';

const US_PER_MS = 1000;

/** A table cell as a number; NaN when it is none. */
function asNumber(cell: unknown): number {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'bigint') return Number(cell);
  return typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : NaN;
}

const isMissing = (cell: unknown): boolean => cell === undefined || cell === null || cell === '';

function keyNumber(row: RawRow, key: KeyColumn): number {
  const cell = row[key.column];
  if (key.absent !== undefined && isMissing(cell)) return key.absent;
  return asNumber(cell) + (key.plus === undefined ? 0 : asNumber(row[key.plus]));
}

/** `0.14.1.dev1+gd6820` → `0.14`: sweeps of one minor release are one measurement. */
const minorRelease = (version: string): string => version.split('.').slice(0, 2).join('.');

const labelOf = (row: RawRow, column: string): string =>
  column === RELEASE_COLUMN ? minorRelease(String(row[column])) : String(row[column]);

/** One point of a sweep: its key as numbers and labels, and its measurements so far. */
interface Point {
  readonly numbers: readonly number[];
  readonly labels: readonly string[];
  sumUs: number;
  repeats: number;
}

function comparePoints(a: Point, b: Point): number {
  for (const [i, value] of a.numbers.entries()) {
    if (value !== b.numbers[i]!) return value - b.numbers[i]!;
  }
  for (const [i, label] of a.labels.entries()) {
    if (label !== b.labels[i]!) return label < b.labels[i]! ? -1 : 1;
  }
  return 0;
}

/** A family's clean rows and what cleaning did to them. */
export interface CleanRows<NumberKey extends string, LabelKey extends string> {
  readonly rows: OperatorRows<NumberKey, LabelKey | 'release'>;
  /** Rows without a usable key or with a latency that is not a positive number. */
  readonly bad: number;
  /** Rows averaged into an earlier row of the same key. */
  readonly repeated: number;
}

function collectPoints(spec: FamilySpec<string, string>, raw: readonly RawRow[]) {
  const keys = Object.values(spec.numbers);
  const labelColumns = Object.values(spec.labels);
  const points = new Map<string, Point>();
  let bad = 0;
  for (const row of raw) {
    const numbers = keys.map((key) => keyNumber(row, key));
    const us = asNumber(row['latency']) * US_PER_MS;
    const usable = numbers.every((value, i) => Number.isSafeInteger(value) && value >= keys[i]!.least);
    if (!usable || !(us > 0 && us < Infinity)) {
      bad += 1;
      continue;
    }
    const labels = labelColumns.map((column) => labelOf(row, column));
    const id = `${numbers.join()}|${labels.join('|')}`;
    const known = points.get(id);
    if (known === undefined) points.set(id, { numbers, labels, sumUs: us, repeats: 1 });
    else {
      known.sumUs += us;
      known.repeats += 1;
    }
  }
  return { points, bad };
}

/** A record with the same keys; `map` gets each key's position. */
function mapKeys<Key extends string, T>(
  keys: Readonly<Record<Key, unknown>>,
  map: (index: number) => T,
): Record<Key, T>;
function mapKeys(
  keys: Readonly<Record<string, unknown>>,
  map: (index: number) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.keys(keys).map((key, index) => [key, map(index)]));
}

/** Drops what cannot be a measurement, averages repeats of a point and sorts by key, so file order does not matter. */
export function cleanRows<NumberKey extends string, LabelKey extends string>(
  spec: FamilySpec<NumberKey, LabelKey>,
  raw: readonly RawRow[],
): CleanRows<NumberKey, LabelKey> {
  const { points, bad } = collectPoints(spec, raw);
  const sorted = [...points.values()].toSorted(comparePoints);
  const rows = {
    count: sorted.length,
    numbers: mapKeys(spec.numbers, (i) => Float64Array.from(sorted, (point) => point.numbers[i]!)),
    labels: mapKeys(spec.labels, (i) => sorted.map((point) => point.labels[i]!)),
    us: Float64Array.from(sorted, (point) => point.sumUs / point.repeats),
  };
  return { rows, bad, repeated: raw.length - bad - sorted.length };
}
