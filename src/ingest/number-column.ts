/** Rows that a column grows by: 32 kB of doubles, so that a small trace costs little and a large one no copying. */
const BLOCK_ROWS = 1 << 12;

type Cells = Float64Array | Int32Array | Uint8Array;

/**
 * A column of numbers whose length is not known beforehand. It grows by blocks: nothing is copied while it grows, and no
 * object exists per row, so millions of rows cost what their numbers cost.
 */
export class NumberColumn<T extends Cells> {
  readonly #make: (rows: number) => T;
  #blocks: T[] = [];
  #last: T;
  #length = 0;

  /** @param make a typed array of so many rows */
  constructor(make: (rows: number) => T) {
    this.#make = make;
    this.#last = make(0);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    const at = this.#length % BLOCK_ROWS;
    if (at === 0) {
      this.#last = this.#make(BLOCK_ROWS);
      this.#blocks.push(this.#last);
    }
    this.#last[at] = value;
    this.#length += 1;
  }

  at(row: number): number {
    return this.#blocks[Math.floor(row / BLOCK_ROWS)]?.[row % BLOCK_ROWS] ?? Number.NaN;
  }

  set(row: number, value: number): void {
    const block = this.#blocks[Math.floor(row / BLOCK_ROWS)];
    if (block !== undefined) block[row % BLOCK_ROWS] = value;
  }

  /**
   * The column as one array; it is empty afterwards, so that two copies of a table never exist at once.
   * @param order rows to take, in this order; all of them as they came when absent
   */
  take(order?: Int32Array): T {
    const taken = this.#make(order?.length ?? this.#length);
    if (order === undefined) {
      this.#blocks.forEach((block, i) => {
        const rows = Math.min(BLOCK_ROWS, this.#length - i * BLOCK_ROWS);
        taken.set(block.subarray(0, rows), i * BLOCK_ROWS);
      });
    } else {
      for (let i = 0; i < order.length; i += 1) taken[i] = this.at(order[i] ?? 0);
    }
    this.#blocks = [];
    this.#length = 0;
    return taken;
  }
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
export function rowOfId(ascending: Int32Array, id: number): number | undefined {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === id ? low : undefined;
}
