import type { Trace } from '../trace/trace.js';
import { SEVERITIES, type Finding, type LintRule, type LintSubject, type Severity } from './finding.js';
import { RULES } from './rules.js';
import { saturationOf, type StageSaturation } from './saturation.js';
import { lintSubject } from './subject.js';

/** Whether a run is fit to fit, and why not. */
export interface LintResult {
  /** Errors first; then in the order of the rules. */
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<Severity, number>>;
  /** Rules that found nothing to judge by, by id. */
  readonly notJudged: readonly string[];
  /** Where every stage lies relative to the knee, also those that no rule objects to. */
  readonly saturation: readonly StageSaturation[];
}

const findingsOf = (rule: LintRule, subject: LintSubject): Finding[] =>
  rule.check(subject).map((sighting) => ({
    rule: rule.id,
    ...sighting,
    consequence: rule.consequence,
    remedy: rule.remedy,
  }));

/** Checks a trace against every rule. */
export function lintTrace(trace: Trace): LintResult {
  const subject = lintSubject(trace);
  const all = RULES.flatMap((rule) => findingsOf(rule, subject));
  const of = (severity: Severity): Finding[] => all.filter((finding) => finding.severity === severity);
  return {
    findings: SEVERITIES.flatMap(of),
    counts: { error: of('error').length, warning: of('warning').length, note: of('note').length },
    notJudged: RULES.filter((rule) => !rule.hasEvidence(subject)).map(({ id }) => id),
    saturation: saturationOf(subject),
  };
}
