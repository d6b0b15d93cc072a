import Papa from 'papaparse';

/** What spreadsheets take for a formula, on the first line of a cell or on more: the library's own guard looks at one-line cells only. */
const FORMULA = /^[=+\-@\t\r]/u;

/**
 * CSV with a line of heads, ending in a line break. Texts that a spreadsheet would take for a formula get an apostrophe in front;
 * numbers are as they are.
 */
export const renderCsv = (
  heads: readonly string[],
  lines: readonly (readonly (string | number | boolean)[])[],
): string =>
  `${Papa.unparse(
    { fields: [...heads], data: lines.map((line) => [...line]) },
    { newline: '\n', escapeFormulae: FORMULA },
  )}\n`;
