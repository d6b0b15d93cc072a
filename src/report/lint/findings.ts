import { SEVERITIES, type Finding, type LintResult, type Severity } from '../../lint/index.js';
import type { Trace } from '../../trace/trace.js';
import { list, paragraph, type Block, type Tone } from '../document.js';

const TONES: Readonly<Record<Severity, Tone>> = { error: 'bad', warning: 'plain', note: 'note' };

/** How a finding is shown. */
export const findingTone = (severity: Severity): Tone => TONES[severity];

const plural = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** Rows that a fit to one run goes by; figures of stages are only compared with, or fitted as part of a suite. */
const hasRows = ({ requests, steps }: Trace): boolean => requests.count > 0 || (steps?.count ?? 0) > 0;

/** One line: is the run fit to fit? */
export function lintVerdict({ counts }: LintResult, trace: Trace): Block {
  const said = SEVERITIES.map((severity) => plural(counts[severity], severity)).join(', ');
  if (counts.error > 0) return paragraph(`Not fit to fit as it is: ${said}.`, 'bad');
  const care = counts.warning > 0 ? ' with care' : '';
  if (!hasRows(trace))
    return paragraph(
      `Neither steps nor single requests: nothing to fit to by itself, but to compare with${care === '' ? '' : `,${care}`}: ${said}.`,
    );
  return paragraph(`Fit to fit${care}: ${said}.`, counts.warning > 0 ? 'plain' : 'good');
}

/** Findings of one rule and severity belong together: what to do about them is said once. */
function groups(findings: readonly Finding[]): (readonly Finding[])[] {
  const byRule = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.rule}`;
    byRule.set(key, [...(byRule.get(key) ?? []), finding]);
  }
  return [...byRule.values()];
}

const seen = (findings: readonly Finding[]): string =>
  findings.map(({ where, found }) => `${where}: ${found}`).join('; ');

/** Rules whose silence means nothing, because the run holds nothing they could judge by. */
export const silentRules = ({ notJudged }: LintResult): Block[] =>
  notJudged.length === 0 ? [] : [paragraph(`Nothing here to judge by: ${notJudged.join(', ')}.`, 'note')];

/** Every finding; errors and warnings with what they lead to and what to do, notes in one line each. */
export function findingList({ findings }: LintResult): Block[] {
  return groups(findings).map((group) => {
    const { rule, severity, consequence, remedy } = group[0]!;
    const advice = severity === 'note' ? '' : ` ${consequence} ${remedy}`;
    return list([`${severity} [${rule}] ${seen(group)}.${advice}`], findingTone(severity));
  });
}
