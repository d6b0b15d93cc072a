import { lintTrace, type Finding } from '../../src/lint/index.js';
import type { Trace } from '../../src/trace/trace.js';

/** What a rule finds in a trace, most severe first. */
export const seen = (rule: string, trace: Trace): readonly Finding[] =>
  lintTrace(trace).findings.filter((finding) => finding.rule === rule);

/** `severity where` of everything a rule finds. */
export const verdicts = (rule: string, trace: Trace): readonly string[] =>
  seen(rule, trace).map(({ severity, where }) => `${severity} ${where}`);
