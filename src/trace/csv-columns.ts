import Papa from 'papaparse';
import { TruelineError } from '../errors.js';
import { numberCell, parseCsv, type CsvRow } from '../text/parse-csv.js';
import type { Amounts, Counts } from './trace.js';

/** Typed arrays wrap larger numbers around. */
const LARGEST_INT32 = 2 ** 31 - 1;
const LARGEST_UINT16 = 2 ** 16 - 1;

/** A cell of a column on its way out; not known is an empty cell. */
type Cell = string | number;

/** The cell of a column in a row. */
export type CellOf = (row: number) => Cell;

/** Cells of a numeric column: NaN in float columns and −1 in integer ones mean "not known". */
export function columnCells(column: Amounts | Counts): CellOf {
  const isUnknown = column instanceof Float64Array ? Number.isNaN : (value: number): boolean => value === -1;
  return (row) => {
    const value = column[row] ?? Number.NaN;
    return isUnknown(value) ? '' : value;
  };
}

/** Few enough for their cells to be gone before the garbage collector takes them for something that stays. */
const ROWS_PER_PART = 64;

const csvLines = (rows: readonly (readonly Cell[])[]): string =>
  `${Papa.unparse([...rows], { newline: '\n' })}\n`;

/** CSV text of named columns, in parts: a long trace is larger than a string can be. */
export function* renderColumns(columns: ReadonlyMap<string, CellOf>, count: number): Generator<string> {
  const cells = [...columns.values()];
  yield csvLines([[...columns.keys()]]);
  for (let start = 0; start < count; start += ROWS_PER_PART) {
    const length = Math.min(ROWS_PER_PART, count - start);
    yield csvLines(Array.from({ length }, (_, i) => cells.map((cell) => cell(start + i))));
  }
}

/** Columns of one CSV text as typed arrays. A cell that does not fit is refused with its line. */
export class ColumnReader {
  readonly count: number;
  readonly #rows: readonly CsvRow[];
  readonly #columns: ReadonlySet<string>;
  readonly #file: string;

  /** @throws FORMAT_INVALID when a required column is missing */
  constructor(text: string, file: string, required: readonly string[]) {
    this.#rows = parseCsv(text, file, required);
    this.count = this.#rows.length;
    this.#columns = new Set(Object.keys(this.#rows[0]?.cells ?? {}));
    this.#file = file;
  }

  has(name: string): boolean {
    return this.#columns.has(name);
  }

  /** NaN where the cell is empty. */
  floats(name: string): Float64Array {
    return Float64Array.from(this.#rows, (row) => numberCell(row, name, this.#file) ?? Number.NaN);
  }

  /** Amounts of at least 0; NaN where the cell is empty. */
  amounts(name: string): Float64Array {
    return Float64Array.from(this.#rows, (row) => {
      const value = numberCell(row, name, this.#file) ?? Number.NaN;
      if (value < 0) throw this.#refusal(row, `\`${name}\` is ${value}, less than nothing`);
      return value;
    });
  }

  /** −1 where the cell is empty. */
  ints(name: string): Int32Array {
    return Int32Array.from(this.#rows, (row) => this.#whole(row, name, LARGEST_INT32) ?? -1);
  }

  /** Numbers of stages; no cell may be empty. */
  stages(name: string): Uint16Array {
    return Uint16Array.from(this.#rows, (row) => {
      const stage = this.#whole(row, name, LARGEST_UINT16);
      if (stage === undefined) throw this.#refusal(row, `\`${name}\` is empty`);
      return stage;
    });
  }

  /** Index of each cell in `known`. */
  words(name: string, known: readonly string[]): Uint8Array {
    return Uint8Array.from(this.#rows, (row) => {
      const index = known.indexOf(row.cells[name] ?? '');
      if (index !== -1) return index;
      throw this.#refusal(row, `\`${name}\` is \`${row.cells[name] ?? ''}\`, not one of ${known.join(', ')}`);
    });
  }

  texts(name: string): string[] {
    return this.#rows.map((row) => row.cells[name] ?? '');
  }

  floatsIfPresent(name: string): Float64Array | undefined {
    return this.has(name) ? this.floats(name) : undefined;
  }

  intsIfPresent(name: string): Int32Array | undefined {
    return this.has(name) ? this.ints(name) : undefined;
  }

  #whole(row: CsvRow, name: string, largest: number): number | undefined {
    const value = numberCell(row, name, this.#file);
    if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= largest)) return value;
    throw this.#refusal(row, `\`${name}\` is ${value}, not a whole number from 0 to ${largest}`);
  }

  #refusal(row: CsvRow, message: string): TruelineError {
    return new TruelineError('TRACE_INVALID', message, { file: this.#file, line: row.line });
  }
}
