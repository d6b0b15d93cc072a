import Papa from 'papaparse';
import { nearestName, TruelineError } from '../errors.js';

/** A row of a CSV file with the line of the file it begins on (1-based). */
export interface CsvRow {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

function checkHeader(header: readonly string[], required: readonly string[], file: string): void {
  const missing = required.find((column) => !header.includes(column));
  if (missing === undefined) return;
  const near = nearestName(missing, header);
  throw new TruelineError('FORMAT_INVALID', `column \`${missing}\` is missing`, {
    file,
    line: 1,
    hint:
      header.length === 0
        ? 'The file is empty.'
        : near === undefined
          ? `Columns found: ${header.join(', ')}.`
          : `Rename \`${near}\` to \`${missing}\`.`,
  });
}

const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '');

/** Lines a row takes up: one, and one more for each line break in its cells. */
const linesOf = (cells: readonly string[]): number =>
  cells.reduce((lines, cell) => lines + (cell.match(/\r\n|\r|\n/gu)?.length ?? 0), 1);

/** Rows that are not blank, with the line each begins on. */
function linedRows(rows: readonly (readonly string[])[]): { line: number; cells: readonly string[] }[] {
  const lined: { line: number; cells: readonly string[] }[] = [];
  let line = 1;
  for (const cells of rows) {
    if (!isBlank(cells)) lined.push({ line, cells });
    line += linesOf(cells);
  }
  return lined;
}

/** Of columns with one name the first counts. */
function namedCells(names: readonly string[], cells: readonly string[]): Record<string, string> {
  const named: Record<string, string> = {};
  for (const [i, name] of names.entries()) named[name] ??= cells[i] ?? '';
  return named;
}

/**
 * Rows of a comma-separated text whose first line names the columns. Blank rows are passed over.
 * @param required columns that must be there; others are kept too
 * @throws FORMAT_INVALID for a missing column or a row of the wrong length, FILE_TRUNCATED for an unclosed quote
 */
export function parseCsv(text: string, file: string, required: readonly string[]): CsvRow[] {
  // the delimiter is given because detection fails on one-column files
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: ',' });
  const [error] = errors;
  if (error !== undefined) {
    const isQuote = error.type === 'Quotes';
    const line = data.slice(0, error.row ?? 0).reduce((lines, cells) => lines + linesOf(cells), 1);
    throw new TruelineError(
      isQuote ? 'FILE_TRUNCATED' : 'FORMAT_INVALID',
      `not valid CSV: ${error.message}`,
      { file, line },
    );
  }
  const [header, ...rows] = linedRows(data);
  const names = header?.cells ?? [];
  checkHeader(names, required, file);
  return rows.map(({ line, cells }) => {
    if (cells.length !== names.length)
      throw new TruelineError(
        'FORMAT_INVALID',
        `not valid CSV: expected ${names.length} fields but found ${cells.length}`,
        { file, line },
      );
    return { line, cells: namedCells(names, cells) };
  });
}

/**
 * A cell as a finite number; undefined when the cell is empty.
 * @throws FORMAT_INVALID otherwise
 */
export function numberCell(row: CsvRow, column: string, file: string): number | undefined {
  const text = row.cells[column]?.trim() ?? '';
  if (text === '') return undefined;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  const message = `\`${column}\` is \`${text}\`, not a number`;
  throw new TruelineError('FORMAT_INVALID', message, { file, line: row.line });
}
