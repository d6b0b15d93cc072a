/** Rows of a block: 32 kB of doubles, so that a small table costs little. */
export const BLOCK_ROWS = 1 << 12;

/** Consecutive rows of a column: the value of row i is `offset + cells[i]`. */
export interface NumberBlock {
  readonly offset: number;
  readonly cells: Float64Array | Uint32Array | Uint16Array | Uint8Array;
}

/** Cells of every block whose rows are all alike. */
const ALIKE = new Uint8Array(BLOCK_ROWS);

/**
 * Packs a full block into as few bytes a row as hold exactly the same numbers: none where all are alike, 1, 2 or 4 for whole
 * numbers that differ by less than 2^8, 2^16 or 2^32, else 8. Counts and step ids of a trace come to 1 or 2.
 * @param rows `BLOCK_ROWS` of them; a copy is kept
 */
export function packed(rows: Float64Array): NumberBlock {
  let [least, most] = [Infinity, -Infinity];
  let areWhole = true;
  let areUnknown = true;
  for (const value of rows) {
    areWhole &&= Number.isSafeInteger(value);
    areUnknown &&= Number.isNaN(value);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (areUnknown) return { offset: Number.NaN, cells: ALIKE };
  if (!areWhole) return { offset: 0, cells: rows.slice() };
  if (most === least) return { offset: least, cells: ALIKE };
  const cells = wholeCells(most - least, rows.length);
  for (let i = 0; i < rows.length; i += 1) cells[i] = rows[i]! - least;
  return { offset: least, cells };
}

function wholeCells(span: number, rows: number): NumberBlock['cells'] {
  if (span < 2 ** 8) return new Uint8Array(rows);
  if (span < 2 ** 16) return new Uint16Array(rows);
  return span < 2 ** 32 ? new Uint32Array(rows) : new Float64Array(rows);
}

/** The same rows as doubles that may be changed. */
export const unpacked = ({ offset, cells }: NumberBlock): Float64Array =>
  Float64Array.from(cells, (cell) => offset + cell);
