import type { Trace } from '../../trace/trace.js';
import { diagnosticList } from '../diagnostic-list.js';
import type { ReportDocument } from '../document.js';
import { renderMarkdown } from '../render-markdown.js';
import { renderTerminal, type TerminalOptions } from '../render-terminal.js';
import { requestSection } from './request-section.js';
import { stepSection } from './step-section.js';
import { traceIdentity } from './trace-identity.js';

/** What is in a trace and whether it is fit to fit: identity, requests, steps, diagnostics. */
const traceReport = (trace: Trace): ReportDocument => [
  ...traceIdentity('Trace', trace),
  ...requestSection(trace),
  ...stepSection(trace),
  ...diagnosticList('Noticed while reading', trace.diagnostics),
];

/** A trace's summary as text for a terminal; no line break at the end. */
export const renderTraceSummary = (trace: Trace, options: TerminalOptions = { colour: false }): string =>
  renderTerminal(traceReport(trace), options);

/** A trace's summary as GitHub-flavoured Markdown. */
export const renderTraceSummaryMarkdown = (trace: Trace): string => renderMarkdown(traceReport(trace));
