import type { TruelineError } from '../../errors.js';
import { SEVERITIES, worstVerdict, type Finding, type LintedRun, type Severity } from '../../lint/index.js';
import {
  heading,
  left,
  list,
  paragraph,
  right,
  table,
  type Block,
  type ReportDocument,
} from '../document.js';
import { count } from '../format.js';
import { renderTerminal, type TerminalOptions } from '../render-terminal.js';
import { findingTone } from './findings.js';

/** Several runs with what the rules say of each, and those that could not be read. */
export interface LintedRuns {
  /** What they were found in. */
  readonly path: string;
  /** What one of them is called: `experiment`, `run`. */
  readonly noun: string;
  readonly linted: readonly LintedRun[];
  readonly refused: readonly { readonly run: string; readonly refusal: TruelineError }[];
}

/** Different sightings shown of a finding, and runs named of equal ones; the rest is in the table and in `--json`. */
const EXAMPLES = 4;
const SAME_EXAMPLES = 8;

const plural = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** How many runs are fit to fit. */
function runsVerdict({ linted, refused, noun }: LintedRuns): Block {
  const bad = linted.filter(({ result }) => result.counts.error > 0).length;
  const careful = linted.filter(
    ({ result }) => result.counts.error === 0 && result.counts.warning > 0,
  ).length;
  const unread = refused.length === 0 ? '' : ` ${refused.length} could not be read.`;
  return paragraph(
    `Of ${plural(linted.length + refused.length, noun)}, ${linted.length - bad - careful} fit to fit, ${careful} with care, ` +
      `${bad} not as they are.${unread}`,
    bad + refused.length > 0 ? 'bad' : 'plain',
  );
}

const rulesOf = (run: LintedRun, severity: Severity): string =>
  [...new Set(run.result.findings.filter((f) => f.severity === severity).map(({ rule }) => rule))].join(', ');

/** The worst that is known of a run's load. */
export const runsLoad = ({ result: { saturation } }: LintedRun): string =>
  saturation.length === 0 ? 'not judged' : worstVerdict(saturation.map(({ verdict }) => verdict));

const summaryTable = ({ linted, noun }: LintedRuns): Block[] =>
  table(
    [
      left(noun),
      ...SEVERITIES.map((severity) => right(`${severity}s`)),
      left('load'),
      left('errors and warnings'),
    ],
    linted.map((run) => [
      run.run,
      ...SEVERITIES.map((severity) => count(run.result.counts[severity])),
      runsLoad(run),
      [rulesOf(run, 'error'), rulesOf(run, 'warning')].filter(Boolean).join(', '),
    ]),
  );

interface NamedFinding extends Finding {
  readonly run: string;
}

/** Findings of all runs under one rule and severity, errors first. */
function groups(linted: readonly LintedRun[]): readonly (readonly NamedFinding[])[] {
  const named = linted.flatMap(({ run, result }) => result.findings.map((finding) => ({ ...finding, run })));
  const byRule = new Map<string, NamedFinding[]>();
  for (const severity of SEVERITIES)
    for (const finding of named.filter((candidate) => candidate.severity === severity)) {
      const key = `${severity} ${finding.rule}`;
      byRule.set(key, [...(byRule.get(key) ?? []), finding]);
    }
  return [...byRule.values()];
}

/** Runs and places of which the same was found, and what. */
function sightingTexts(group: readonly NamedFinding[]): readonly string[] {
  const places = new Map<string, string[]>();
  for (const { run, where, found } of group)
    places.set(found, [...(places.get(found) ?? []), where === 'run' ? run : `${run} ${where}`]);
  return [...places].map(([found, where]) => `${enumerated(where, SAME_EXAMPLES).join(', ')}: ${found}`);
}

/** The first of a list, and how many are left. */
const enumerated = (all: readonly string[], most: number): readonly string[] =>
  all.length <= most ? all : [...all.slice(0, most), `and ${all.length - most} more`];

function groupItem(group: readonly NamedFinding[], { linted, noun }: LintedRuns): Block {
  const { rule, severity, consequence, remedy } = group[0]!;
  const runs = new Set(group.map(({ run }) => run)).size;
  const advice = severity === 'note' ? '' : ` ${consequence} ${remedy}`;
  const seen = enumerated(sightingTexts(group), EXAMPLES).join('; ');
  const text = `${severity} [${rule}] in ${runs} of ${plural(linted.length, noun)}. ${seen}.${advice}`;
  return list([text], findingTone(severity));
}

/** Rules that no run gave anything to judge by. */
function silentRules({ linted }: LintedRuns): Block[] {
  const [first, ...others] = linted.map(({ result }) => result.notJudged);
  const silent = (first ?? []).filter((rule) => others.every((rules) => rules.includes(rule)));
  return silent.length === 0 ? [] : [paragraph(`Nothing here to judge by: ${silent.join(', ')}.`, 'note')];
}

const refusals = ({ refused }: LintedRuns): Block[] =>
  refused.map(({ run, refusal }) => list([`not read: ${run}: ${refusal.message} [${refusal.code}]`], 'bad'));

/** Verdict, errors and warnings with the runs they were seen in, and what could not be read. */
export const seriousFindings = (runs: LintedRuns): Block[] => [
  runsVerdict(runs),
  ...groups(runs.linted)
    .filter(([first]) => first?.severity !== 'note')
    .map((group) => groupItem(group, runs)),
  ...refusals(runs),
];

const lintRunsReport = (runs: LintedRuns): ReportDocument => [
  heading(1, 'Lint'),
  paragraph(`Of the ${runs.noun}s in ${runs.path}.`),
  runsVerdict(runs),
  ...summaryTable(runs),
  ...groups(runs.linted).map((group) => groupItem(group, runs)),
  ...silentRules(runs),
  ...refusals(runs),
];

/** What is wrong with several runs as ground truth, as text for a terminal. */
export const renderLintedRuns = (runs: LintedRuns, options: TerminalOptions): string =>
  renderTerminal(lintRunsReport(runs), options);
