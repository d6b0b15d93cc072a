import type { LeastSquaresRows } from '../stats/gram.js';
import type { Diagnostic } from '../trace/trace.js';
import { TruelineError } from '../errors.js';
import type { TermLayout } from './fit-terms.js';

/** What a row observes. `decode` is the time between first and last token, `ttft` the time to the first token. */
export const ROW_KINDS = ['decode-step', 'mixed-step', 'decode', 'ttft'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/**
 * Linear equations on the free coefficients in relative-error units: Σⱼ valuesᵢⱼ·βⱼ − targetᵢ is
 * (predicted − observed)/observed. What does not depend on them is already in the target.
 */
export interface FitRows extends LeastSquaresRows {
  /** Index into ROW_KINDS, shape [count]. */
  readonly kinds: Uint8Array;
  /** Index into `groupNames`, shape [count]. */
  readonly groups: Int32Array;
  /** Runs or experiments, in the order they were first seen. */
  readonly groupNames: readonly string[];
  /** Observed durations, in µs. */
  readonly observedUs: Float64Array;
}

/** One equation: Σⱼ valuesUs[j]·βⱼ + fixedUs = observedUs. */
export interface FitRow {
  /** Run or experiment. */
  readonly group: string;
  readonly kind: RowKind;
  readonly weight: number;
  /** µs per unit of each free coefficient; read, never kept. */
  readonly valuesUs: ArrayLike<number>;
  /** What does not depend on the free coefficients. */
  readonly fixedUs: number;
  readonly observedUs: number;
}

/** Why rows were not used. */
export interface DropReason {
  readonly code: string;
  readonly message: string;
}

/** Observations of one run or experiment that were not used, counted by the code of the reason. */
export interface GroupDrops {
  readonly group: string;
  readonly dropped: Readonly<Record<string, number>>;
}

/** Collects rows of one fit, growing as needed, and counts what was dropped and why. */
export class RowCollector {
  readonly #columns: number;
  readonly #values: number[] = [];
  readonly #targets: number[] = [];
  readonly #weights: number[] = [];
  readonly #kinds: number[] = [];
  readonly #groups: number[] = [];
  readonly #observedUs: number[] = [];
  readonly #groupNames: string[] = [];
  readonly #dropped = new Map<string, { message: string; count: number; byGroup: Map<string, number> }>();

  constructor(layout: TermLayout) {
    this.#columns = layout.free.length;
  }

  get count(): number {
    return this.#targets.length;
  }

  /** @throws FIT_INVALID when the observation is not positive or a number is not finite */
  add(row: FitRow): void {
    const { group, kind, weight, valuesUs, fixedUs, observedUs } = row;
    if (!(observedUs > 0 && Number.isFinite(observedUs) && Number.isFinite(fixedUs))) {
      throw new TruelineError(
        'FIT_INVALID',
        `${kind} of ${group}: cannot fit ${observedUs} µs of which ${fixedUs} µs are fixed`,
        { hint: 'Check the instants of the trace and the coefficients the fit starts from.' },
      );
    }
    for (let j = 0; j < this.#columns; j++) this.#values.push(valuesUs[j]! / observedUs);
    this.#targets.push(1 - fixedUs / observedUs);
    this.#weights.push(weight);
    this.#kinds.push(ROW_KINDS.indexOf(kind));
    this.#groups.push(this.#groupIndex(group));
    this.#observedUs.push(observedUs);
  }

  /** Counts observations of a run or experiment that cannot be rows. */
  drop(group: string, { code, message }: DropReason, count = 1): void {
    if (count === 0) return;
    const entry = this.#dropped.get(code) ?? { message, count: 0, byGroup: new Map<string, number>() };
    entry.count += count;
    entry.byGroup.set(group, (entry.byGroup.get(group) ?? 0) + count);
    this.#dropped.set(code, entry);
  }

  rows(): FitRows {
    return {
      count: this.count,
      columns: this.#columns,
      values: Float64Array.from(this.#values),
      targets: Float64Array.from(this.#targets),
      weights: Float64Array.from(this.#weights),
      kinds: Uint8Array.from(this.#kinds),
      groups: Int32Array.from(this.#groups),
      groupNames: [...this.#groupNames],
      observedUs: Float64Array.from(this.#observedUs),
    };
  }

  diagnostics(): readonly Diagnostic[] {
    return [...this.#dropped].map(([code, { message, count }]) => ({
      code,
      kind: 'dropped',
      count,
      message,
    }));
  }

  /** What was dropped of each run or experiment; those of which nothing was are absent. */
  droppedByGroup(): readonly GroupDrops[] {
    const groups = [...new Set([...this.#dropped.values()].flatMap(({ byGroup }) => [...byGroup.keys()]))];
    return groups.map((group) => ({
      group,
      dropped: Object.fromEntries(
        [...this.#dropped].flatMap(([code, { byGroup }]) => {
          const count = byGroup.get(group);
          return count === undefined ? [] : [[code, count]];
        }),
      ),
    }));
  }

  #groupIndex(name: string): number {
    const known = this.#groupNames.indexOf(name);
    return known >= 0 ? known : this.#groupNames.push(name) - 1;
  }
}

/** Rows of equations that are at hand. @throws as `RowCollector.add` */
export function rowsFrom(layout: TermLayout, equations: readonly FitRow[]): FitRows {
  const collector = new RowCollector(layout);
  for (const row of equations) collector.add(row);
  return collector.rows();
}

/**
 * The same rows with weights scaled so that every group has the same total weight and the mean weight stays 1: a long
 * run says no more than a short one.
 */
export function balanceGroups(rows: FitRows): FitRows {
  const totals = new Float64Array(rows.groupNames.length);
  rows.groups.forEach((group, row) => (totals[group]! += rows.weights[row]!));
  const share = rows.count / totals.length;
  return {
    ...rows,
    weights: rows.weights.map((weight, row) => (weight * share) / totals[rows.groups[row]!]!),
  };
}

/** The rows of some groups only, by name; `groupNames` keeps all names. */
export function rowsOfGroups(rows: FitRows, isWanted: (group: string) => boolean): FitRows {
  const kept = Array.from(rows.groups.keys()).filter((row) => isWanted(rows.groupNames[rows.groups[row]!]!));
  const values = new Float64Array(kept.length * rows.columns);
  kept.forEach((row, at) => {
    values.set(rows.values.subarray(row * rows.columns, (row + 1) * rows.columns), at * rows.columns);
  });
  const pick = (column: Float64Array): Float64Array => Float64Array.from(kept, (row) => column[row]!);
  return {
    count: kept.length,
    columns: rows.columns,
    values,
    targets: pick(rows.targets),
    weights: pick(rows.weights),
    kinds: Uint8Array.from(kept, (row) => rows.kinds[row]!),
    groups: Int32Array.from(kept, (row) => rows.groups[row]!),
    groupNames: rows.groupNames,
    observedUs: pick(rows.observedUs),
  };
}
