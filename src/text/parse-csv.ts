import Papa from 'papaparse';
import { nearestName, TruelineError } from '../errors.js';

/** A row of a CSV file with the line it stood on (1-based, header = 1; correct unless a cell holds a line break or a blank line comes before). */
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

/**
 * Rows of a comma-separated text whose first line names the columns.
 * @param required columns that must be there; others are kept too
 * @throws FORMAT_INVALID for a missing column or a row of the wrong length, FILE_TRUNCATED for an unclosed quote
 */
export function parseCsv(text: string, file: string, required: readonly string[]): CsvRow[] {
  // the delimiter is given because detection fails on one-column files
  const parsed = Papa.parse<Record<string, string>>(text, {
    header: true,
    delimiter: ',',
    skipEmptyLines: 'greedy',
  });
  checkHeader(parsed.meta.fields ?? [], required, file);
  const [error] = parsed.errors;
  if (error !== undefined) {
    const isQuote = error.type === 'Quotes';
    throw new TruelineError(
      isQuote ? 'FILE_TRUNCATED' : 'FORMAT_INVALID',
      `not valid CSV: ${error.message}`,
      {
        file,
        line: (error.row ?? 0) + 2,
      },
    );
  }
  return parsed.data.map((cells, i) => ({ line: i + 2, cells }));
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
