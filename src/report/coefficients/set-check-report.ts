import { heading, left, table, type ReportDocument } from '../document.js';

/** What a check of one coefficient file found. */
export interface SetCheck {
  readonly name: string;
  readonly passed: boolean;
  readonly finding: string;
}

/** One line per set. */
export const setCheckReport = (checks: readonly SetCheck[]): ReportDocument => [
  heading(1, 'Coefficient sets'),
  ...table(
    [left('set'), left('check'), left('finding')],
    checks.map(({ name, passed, finding }) => [name, passed ? 'ok' : 'FAILED', finding]),
  ),
];
