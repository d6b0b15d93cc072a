import type { ScopeGap } from '../../coefficients/index.js';
import type { CanaryResult, CanaryRun, CanaryVerdict, DriftCause, MetricVerdict } from '../../fit/index.js';
import { heading, left, paragraph, right, table, type Block, type ReportDocument } from '../document.js';
import { count, metricTitle, MISSING, pct, share, significant, signedPct } from '../format.js';
import { extrapolationSection } from './extrapolation-section.js';

/** A scored set with what its predictions were made for. */
export interface CanaryFindings extends CanaryResult {
  readonly coefficientSet: string;
  /** Errors are changes since the same runs were measured before. */
  readonly isAgainstBefore: boolean;
  readonly beyondFit: readonly ScopeGap[];
}

/** Causes shown: those after them explain little. */
const MOST_CAUSES = 8;

/** Whether a set is still true on new runs, per metric, and what a drift points to. */
export const canaryReport = (findings: CanaryFindings): ReportDocument => [
  heading(1, `Canary of ${findings.coefficientSet}`),
  ...findings.metrics.map(verdictLine),
  ...metricTable(findings.metrics),
  paragraph(
    `${findings.isAgainstBefore ? AGAINST_BEFORE : ABSOLUTE} Drifted: beyond 3 σ. Still true: the 90 % interval lies within ± tolerance.`,
  ),
  ...causeSection(findings.causes),
  heading(2, 'Runs'),
  ...runTable(findings.runs),
  ...extrapolationSection(findings.beyondFit),
];

const ABSOLUTE =
  'Error: predicted ÷ measured − 1, the mean over configurations. σ: the errors that the set records of its coefficients, which ' +
  'all runs share, and of each configuration, and what repeats of a measurement differ by.';
const AGAINST_BEFORE =
  'Error: how much predicted ÷ measured changed since the same runs were measured before, the mean over configurations. σ: what ' +
  'two repeats of a measurement differ by; what the set is off by anyway cancels.';

const TONES = { 'still true': 'good', drifted: 'bad', 'too noisy': 'note' } as const;
const WORDS: Readonly<Record<CanaryVerdict, string>> = {
  'still true': 'still true',
  drifted: 'drifted',
  'too noisy': 'too noisy to say: more runs, or more configurations, would',
};

const verdictLine = ({ metric, verdict }: MetricVerdict): Block =>
  paragraph(`${metricTitle(metric)}: ${WORDS[verdict]}.`, TONES[verdict]);

const metricTable = (metrics: readonly MetricVerdict[]): Block[] =>
  table(
    [
      left('metric'),
      right('runs'),
      right('configurations'),
      right('mean error %'),
      right('90 % interval'),
      right('in σ'),
      right('tolerance %'),
      left('verdict'),
    ],
    metrics.map(({ metric, runs, configurations, meanErrorPct, interval, errorSds, tolerancePct, verdict }) => [
      metricTitle(metric),
      count(runs),
      count(configurations),
      signedPct(meanErrorPct),
      `${signedPct(interval.low)} … ${signedPct(interval.high)}`,
      significant(errorSds),
      pct(tolerancePct),
      verdict,
    ]),
  );

function causeSection(causes: readonly DriftCause[]): Block[] {
  if (causes.length === 0) return [];
  const possible = causes.filter(({ isPossible }) => isPossible).map(({ cause }) => cause);
  const words =
    possible.length === 1
      ? `If one thing changed, it is ${possible[0]}.`
      : `If one thing changed, it is one of ${possible.join(', ')}: these runs cannot tell them apart.`;
  return [
    heading(2, 'What the drift points to'),
    paragraph(words, 'bad'),
    ...table(
      [left('change of'), right('by %'), right('explains'), left('possible')],
      causes
        .slice(0, MOST_CAUSES)
        .map(({ cause, changePct, explainedRatio, isPossible }) => [
          cause,
          signedPct(changePct),
          share(explainedRatio),
          isPossible ? 'yes' : 'no',
        ]),
    ),
  ];
}

const runTable = (runs: readonly CanaryRun[]): Block[] => {
  const metrics = ['itlMeanMs', 'e2eMeanMs', 'ttftMeanMs'] as const;
  return table(
    [
      left('run'),
      left('configuration'),
      ...metrics.map((metric) => right(`${metricTitle(metric)} error %`)),
    ],
    runs.map(({ experiment, configuration, figures }) => [
      experiment,
      configuration,
      ...metrics.map((metric) => {
        const figure = figures.find((each) => each.metric === metric);
        return figure === undefined ? MISSING : signedPct(100 * Math.expm1(figure.errorLog));
      }),
    ]),
  );
};
