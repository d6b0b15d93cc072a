import type { ReportDocument } from '../report/document.js';
import type { TerminalOptions } from '../report/index.js';
import { renderMarkdown } from '../report/render-markdown.js';
import { renderTerminal } from '../report/render-terminal.js';

/** What a command found out, before anything is printed: one of the two forms is made, never both. */
export interface Outcome {
  /** For people; a line break is added at the end when there is none. */
  text(terminal: TerminalOptions): string;
  /** For machines: plain data, no typed arrays. */
  json(): unknown;
  /** False when a check failed (exit code 1). Bad input is thrown instead. */
  readonly passed: boolean;
}

/** The text for stdout. JSON is indented: it is read by people and diffed as often as parsed. */
export function renderOutcome(outcome: Outcome, asJson: boolean, terminal: TerminalOptions): string {
  const text = asJson ? JSON.stringify(outcome.json(), null, 2) : outcome.text(terminal);
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** Forms that `--format` offers. */
export type TextFormat = 'terminal' | 'markdown';

/** A report in the form that was asked for. */
export const renderAs = (format: TextFormat, document: ReportDocument, terminal: TerminalOptions): string =>
  format === 'markdown' ? renderMarkdown(document) : renderTerminal(document, terminal);
