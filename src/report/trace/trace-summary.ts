import { coverageLimits, lintTrace } from '../../lint/index.js';
import type { Trace } from '../../trace/trace.js';
import { diagnosticList } from '../diagnostic-list.js';
import { heading, type ReportDocument } from '../document.js';
import { findingList, lintVerdict, silentRules } from '../lint/findings.js';
import { renderMarkdown } from '../render-markdown.js';
import { renderTerminal, type TerminalOptions } from '../render-terminal.js';
import { identifiabilitySection } from './identifiability-section.js';
import { requestSection } from './request-section.js';
import { saturationSection } from './saturation-section.js';
import { stepSection } from './step-section.js';
import { trialFitSection, type TrialFit } from './trial-fit-section.js';
import { traceIdentity } from './trace-identity.js';

/** What a run is, whether it is fit to fit, what it got and covers, and what a fit can learn from it: a page for a minute. */
function traceReport(trace: Trace, trial?: TrialFit): ReportDocument {
  const lint = lintTrace(trace);
  return [
    ...traceIdentity('Trace', trace),
    heading(2, 'Fit to fit?'),
    lintVerdict(lint, trace),
    ...findingList(lint),
    ...silentRules(lint),
    ...requestSection(trace),
    ...saturationSection(lint.saturation),
    ...stepSection(trace),
    ...identifiabilitySection(coverageLimits(trace)),
    ...(trial === undefined ? [] : trialFitSection(trial)),
    ...diagnosticList('Noticed while reading', trace.diagnostics),
  ];
}

/** A trace's summary, with a trial fit if there was one, as text for a terminal; no line break at the end. */
export const renderTraceSummary = (
  trace: Trace,
  options: TerminalOptions = { colour: false },
  trial?: TrialFit,
): string => renderTerminal(traceReport(trace, trial), options);

/** A trace's summary as GitHub-flavoured Markdown. */
export const renderTraceSummaryMarkdown = (trace: Trace): string => renderMarkdown(traceReport(trace));
