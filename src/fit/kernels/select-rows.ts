import type { OperatorRows } from '../../trace/kernel-sweep.js';
import type { DroppedRows } from './kernel-fit-result.js';

/** A reason to leave a row out. */
export interface RowFilter {
  readonly reason: string;
  readonly drop: (row: number) => boolean;
}

export interface SelectedRows {
  /** Row numbers that are left, ascending. */
  readonly rows: readonly number[];
  /** Counts by reason; a row counts for the first reason that applies. */
  readonly dropped: readonly DroppedRows[];
}

/** Applies filters in order and counts what each left out. */
export function selectRows(count: number, filters: readonly RowFilter[]): SelectedRows {
  const counts = filters.map(() => 0);
  const rows: number[] = [];
  for (let row = 0; row < count; row += 1) {
    const reason = filters.findIndex(({ drop }) => drop(row));
    if (reason === -1) rows.push(row);
    else counts[reason]! += 1;
  }
  const dropped = filters.map(({ reason }, i) => ({ reason, count: counts[i]! }));
  return { rows, dropped: dropped.filter(({ count: n }) => n > 0) };
}

const releaseNumber = (release: string): number => {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  return major * 1000 + minor;
};

const releasesOf = (rows: OperatorRows<string, 'release'>): string[] =>
  [...new Set(rows.labels.release)].toSorted((a, b) => releaseNumber(a) - releaseNumber(b));

/** Newest swept release that is not newer than `wanted` (`0.15` or `0.15.1`), else the oldest; undefined without rows. */
export function releaseFor(rows: OperatorRows<string, 'release'>, wanted: string): string | undefined {
  const releases = releasesOf(rows);
  return releases.findLast((release) => releaseNumber(release) <= releaseNumber(wanted)) ?? releases[0];
}

/** Newest swept release; undefined without rows. */
export const newestRelease = (rows: OperatorRows<string, 'release'>): string | undefined =>
  releasesOf(rows).at(-1);
