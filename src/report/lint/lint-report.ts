import type { LintResult } from '../../lint/index.js';
import type { Trace } from '../../trace/trace.js';
import { heading, paragraph, type ReportDocument } from '../document.js';
import { renderTerminal, type TerminalOptions } from '../render-terminal.js';
import { findingList, lintVerdict, silentRules } from './findings.js';

const lintReport = (path: string, trace: Trace, result: LintResult): ReportDocument => [
  heading(1, 'Lint'),
  paragraph(`Of ${path}.`),
  lintVerdict(result, trace),
  ...findingList(result),
  ...silentRules(result),
];

/** What is wrong with a run as ground truth, as text for a terminal. */
export const renderLint = (
  path: string,
  trace: Trace,
  result: LintResult,
  options: TerminalOptions,
): string => renderTerminal(lintReport(path, trace, result), options);
