/** A part of a term that depends on one count: its index among the terms, and its value. */
export interface Column {
  readonly term: number;
  readonly value: (count: number) => number;
}

/** Adds every column's value at `count` to its term in `out`. */
export type AddRow = (count: number, out: Float64Array) => void;

/**
 * A table of columns over counts 0 … `largest`, each row computed on first use; larger counts are computed anew.
 * Allocates nothing after this call.
 */
export function tabulate(columns: readonly Column[], largest: number): AddRow {
  const width = columns.length;
  const terms = columns.map((column) => column.term);
  const values = new Float64Array(width * (largest + 1));
  const filled = new Uint8Array(largest + 1);
  const fillRow = (count: number): void => {
    columns.forEach((column, j) => {
      values[count * width + j] = column.value(count);
    });
    filled[count] = 1;
  };
  return (count, out) => {
    if (count > largest) {
      for (const column of columns) out[column.term]! += column.value(count);
      return;
    }
    if (filled[count] === 0) fillRow(count);
    const row = count * width;
    for (let j = 0; j < width; j++) out[terms[j]!]! += values[row + j]!;
  };
}
