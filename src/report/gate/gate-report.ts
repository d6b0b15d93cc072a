import type { FidelityRow, GateResult, ReplicateNoise, ShiftRow, Verdict } from '../../gate/index.js';
import { heading, left, paragraph, right, table, type Block, type ReportDocument } from '../document.js';
import { count, metricTitle, ms, pct, ratio, significant, stageTitle } from '../format.js';
import { renderMarkdown } from '../render-markdown.js';
import { renderTerminal, type TerminalOptions } from '../render-terminal.js';

/** Longest list of rows shown; the rest is counted. `--json` and `--junit` have all. */
const SHOWN_ROWS = 20;
/** Of what noise explains, only what comes nearest to a failure. */
const SHOWN_NOISY = 3;

const VERDICTS: readonly Verdict[] = ['pass', 'noisy', 'not comparable', 'fail'];

/** `730 pass, 12 fail`, leaving out what there is none of. */
const tally = (rows: readonly { readonly verdict: Verdict }[]): string =>
  VERDICTS.map((verdict) => [rows.filter((row) => row.verdict === verdict).length, verdict] as const)
    .filter(([n]) => n > 0)
    .map(([n, verdict]) => `${n} ${verdict}`)
    .join(', ');

const verdictLine = (title: string, passed: boolean, text: string): Block =>
  paragraph(`${title}: ${passed ? 'pass' : 'FAIL'}. ${text}`, passed ? 'good' : 'bad');

const hidden = (rows: readonly unknown[]): Block[] =>
  rows.length > SHOWN_ROWS
    ? [paragraph(`… and ${count(rows.length - SHOWN_ROWS)} more failures.`, 'note')]
    : [];

function driftTable({ drift }: GateResult): Block[] {
  const failed = drift.rows.filter((row) => row.verdict === 'fail');
  const largest = failed.toSorted(
    (a, b) => Math.abs(b.changePct ?? Infinity) - Math.abs(a.changePct ?? Infinity),
  );
  const rows = largest
    .slice(0, SHOWN_ROWS)
    .map((row) => [
      row.experiment,
      stageTitle(row.stage),
      metricTitle(row.metric),
      ms(row.baselineMs),
      ms(row.predictedMs),
      significant(row.changePct),
      row.reason ?? '',
    ]);
  const columns = [
    left('experiment'),
    left('stage'),
    left('metric'),
    ...['baseline ms', 'now ms', 'change %'].map(right),
    left('why'),
  ];
  return [...table(columns, rows), ...hidden(failed)];
}

/** A row's title: what of which GPU moved. */
export const shiftTitle = ({ metric, gpu }: ShiftRow): string =>
  `shift of ${metricTitle(metric)}, gpu ${gpu}`;

/** Under other seeds: how the predictions of each GPU moved; nothing when none did. */
function shiftTable({ drift }: GateResult): Block[] {
  const rows = drift.shifts
    .filter((row) => row.verdict === 'fail')
    .map((row) => [shiftTitle(row), String(row.n), pct(row.changePct), pct(row.noisePct)]);
  const columns = [
    left('what moved under other seeds'),
    ...['runs', 'median change %', 'noise %'].map(right),
  ];
  return rows.length === 0 ? [] : table(columns, rows);
}

/** What became of the figures, and under other seeds of the GPUs' predictions. */
export const driftTally = ({ drift }: GateResult): string =>
  `${tally(drift.rows)}${drift.shifts.length === 0 ? '' : `; by GPU and metric ${tally(drift.shifts)}`}`;

const MEASURE_TITLES: Readonly<Record<FidelityRow['measure'], string>> = {
  mape: 'mean |error| %',
  bias: 'bias %',
  kendall: 'Kendall τ-b',
  pairs: 'pairs in order inside (model, GPU)',
};

/** A row's title: what of which group. */
export const fidelityTitle = (row: FidelityRow): string =>
  `${MEASURE_TITLES[row.measure]} of ${metricTitle(row.metric)}, ${row.by === 'all' ? row.group : `${row.by} ${row.group}`}`;

/** A value of a fidelity measure as reports show it. */
export const fidelityValue = (row: FidelityRow, value: number): string =>
  row.measure === 'mape' || row.measure === 'bias' ? pct(value) : ratio(value);

const excess = (row: FidelityRow): number => row.worseBy / Math.max(row.noise, Number.MIN_VALUE);

/** All failures, then the few noisy rows that come nearest to one. */
function shownFidelity(rows: readonly FidelityRow[]): readonly FidelityRow[] {
  const worst = (verdict: Verdict, most: number): FidelityRow[] =>
    rows
      .filter((row) => row.verdict === verdict)
      .toSorted((a, b) => excess(b) - excess(a))
      .slice(0, most);
  return [...worst('fail', SHOWN_ROWS), ...worst('noisy', SHOWN_NOISY)];
}

function fidelityTable({ fidelity }: GateResult): Block[] {
  const rows = shownFidelity(fidelity.rows).map((row) => [
    fidelityTitle(row),
    String(row.n),
    ...[row.baseline, row.now, row.worseBy, row.noise].map((value) => fidelityValue(row, value)),
    row.verdict,
  ]);
  const columns = [
    left('what got worse'),
    right('runs'),
    ...['baseline', 'now', 'worse by', 'noise'].map(right),
    left('verdict'),
  ];
  return [...table(columns, rows), ...hidden(fidelity.rows.filter((row) => row.verdict === 'fail'))];
}

/** Which noise the verdict is judged by, e.g. `E2E mean 0.6`. */
const noiseLine = ({ replicateNoise }: GateResult): Block => {
  const list = (from: ReplicateNoise['from']): string =>
    replicateNoise
      .filter((entry) => entry.from === from)
      .map(({ metric, noisePct }) => `${metricTitle(metric)} ${pct(noisePct)}`)
      .join(', ');
  const [own, published] = [list('suite'), list('public suite')];
  return paragraph(
    'Standard deviation of a repeated measurement, in %: ' +
      [
        ...(own === '' ? [] : [`of repeats in this suite: ${own}`]),
        ...(published === '' ? [] : [`of repeats in the public suite: ${published}`]),
      ].join('; ') +
      '.',
    'note',
  );
};

const gateReport = (gate: GateResult): ReportDocument => [
  heading(1, `Gate of ${gate.suite}: ${gate.drift.passed && gate.fidelity.passed ? 'pass' : 'FAIL'}`),
  paragraph(
    `Coefficients ${gate.coefficientSet}, against a baseline made with ${gate.baselineCoefficientSet}` +
      `${gate.sameSeeds ? '' : '; the seeds differ, so figures are compared by GPU and through their errors'}.`,
  ),
  verdictLine('Drift', gate.drift.passed, `Are predictions what they were? ${driftTally(gate)}.`),
  ...driftTable(gate),
  ...shiftTable(gate),
  verdictLine(
    'Fidelity',
    gate.fidelity.passed,
    `Did errors against the measurements grow by more than noise explains? ${tally(gate.fidelity.rows)}.`,
  ),
  ...fidelityTable(gate),
  noiseLine(gate),
];

/** The gate's answer for a terminal; no line break at the end. */
export const renderGateTerminal = (gate: GateResult, options: TerminalOptions = { colour: false }): string =>
  renderTerminal(gateReport(gate), options);

/** The gate's answer as GitHub-flavoured Markdown, e.g. for a step summary. */
export const renderGateMarkdown = (gate: GateResult): string => renderMarkdown(gateReport(gate));
