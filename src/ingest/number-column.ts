import { BLOCK_ROWS, packed, unpacked, type NumberBlock } from './number-block.js';

type Cells = Float64Array | Int32Array | Uint8Array;

/**
 * A column of numbers whose length is not known beforehand. It grows by blocks, each packed once it is full: nothing is
 * copied while it grows, and millions of rows cost a few bytes each.
 */
export class NumberColumn<T extends Cells> {
  readonly #make: (rows: number) => T;
  #blocks: NumberBlock[] = [];
  /** The rows after the last full block. */
  #open = new Float64Array(0);
  #length = 0;

  /** @param make a typed array of so many rows, which holds every value that will be pushed */
  constructor(make: (rows: number) => T) {
    this.#make = make;
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    const at = this.#length % BLOCK_ROWS;
    if (at === 0 && this.#open.length === 0) this.#open = new Float64Array(BLOCK_ROWS);
    this.#open[at] = value;
    this.#length += 1;
    if (at === BLOCK_ROWS - 1) this.#blocks.push(packed(this.#open));
  }

  /** The value of a row; NaN where there is none. */
  at(row: number): number {
    const block = row >= 0 ? this.#blocks[Math.floor(row / BLOCK_ROWS)] : undefined;
    if (block !== undefined) return block.offset + block.cells[row % BLOCK_ROWS]!;
    return row >= 0 && row < this.#length ? this.#open[row % BLOCK_ROWS]! : Number.NaN;
  }

  /** Changes the value of a row that is there. */
  set(row: number, value: number): void {
    const index = Math.floor(row / BLOCK_ROWS);
    let block = this.#blocks[index];
    if (block === undefined) {
      this.#open[row % BLOCK_ROWS] = value;
      return;
    }
    if (block.offset !== 0 || !(block.cells instanceof Float64Array)) {
      block = { offset: 0, cells: unpacked(block) };
      this.#blocks[index] = block;
    }
    block.cells[row % BLOCK_ROWS] = value;
  }

  /** The rows in this order as a column of their own; this one is empty afterwards. */
  takeInOrder(order: Int32Array): NumberColumn<T> {
    const ordered = new NumberColumn(this.#make);
    for (const row of order) ordered.push(this.at(row));
    this.#clear();
    return ordered;
  }

  /**
   * The column as one array; it is empty afterwards, so that two copies of a table never exist at once.
   * @param order rows to take, in this order; all of them as they came when absent
   */
  take(order?: Int32Array): T {
    const taken = this.#make(order?.length ?? this.#length);
    for (let i = 0; i < taken.length; i += 1) taken[i] = this.at(order === undefined ? i : order[i]!);
    this.#clear();
    return taken;
  }

  #clear(): void {
    this.#blocks = [];
    this.#open = new Float64Array(0);
    this.#length = 0;
  }
}

/** Numbers by row; NaN where there is no row. */
export interface Numbers {
  readonly length: number;
  readonly at: (row: number) => number;
}

export const doubles = (): NumberColumn<Float64Array> => new NumberColumn((rows) => new Float64Array(rows));
export const integers = (): NumberColumn<Int32Array> => new NumberColumn((rows) => new Int32Array(rows));
export const bytes = (): NumberColumn<Uint8Array> => new NumberColumn((rows) => new Uint8Array(rows));

/** Rows in ascending order of a key, equal keys in order of appearance; undefined when they ascend strictly already. */
export function ascendingOrder(keys: {
  readonly length: number;
  readonly at: (row: number) => number | undefined;
}): Int32Array | undefined {
  const key = (row: number): number => keys.at(row) ?? Number.NaN;
  let row = 1;
  while (row < keys.length && key(row) > key(row - 1)) row += 1;
  if (row >= keys.length) return undefined;
  return Int32Array.from({ length: keys.length }, (_, i) => i).toSorted((a, b) => key(a) - key(b) || a - b);
}

/** Row of a value in an ascending column; undefined when it is not there. */
export function rowOfId(
  ascending: { readonly length: number; readonly at: (row: number) => number | undefined },
  id: number,
): number | undefined {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending.at(middle) ?? Infinity) < id) low = middle + 1;
    else high = middle;
  }
  return ascending.at(low) === id ? low : undefined;
}
