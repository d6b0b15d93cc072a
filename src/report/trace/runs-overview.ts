import { heading, left, paragraph, right, table, type ReportDocument } from '../document.js';
import { count, metricTitle, MISSING, ms, significant } from '../format.js';
import { runsLoad, seriousFindings, type LintedRuns } from '../lint/lint-runs-report.js';
import { renderTerminal, type TerminalOptions } from '../render-terminal.js';
import type { RunCard } from './run-card.js';

/** Several runs with a card each, and those that could not be read. */
export interface RunCards extends LintedRuns {
  readonly linted: readonly RunCard[];
}

const SHOWN = ['ttftMeanMs', 'ttftP99Ms', 'itlMeanMs', 'e2eMeanMs'] as const;

/** The last part of a model's id: owners make tables wide. */
const shortModel = (model: string | undefined): string => model?.split('/').at(-1) ?? MISSING;

const onGpus = ({ meta: { gpu, server } }: RunCard): string =>
  `${server?.tensorParallelSize ?? '?'} × ${gpu ?? '?'}`;

const cardRow = (card: RunCard): string[] => [
  card.run,
  shortModel(card.meta.model),
  onGpus(card),
  card.meta.workloadName ?? MISSING,
  count(card.requests),
  count(card.steps),
  card.ratesPerS.length === 0
    ? MISSING
    : card.ratesPerS.map((rate) => String(Number(significant(rate)))).join(', '),
  ...SHOWN.map((metric) => ms(card.metrics[metric])),
  runsLoad(card),
];

const overview = (cards: RunCards): ReportDocument => [
  heading(1, `The ${cards.noun}s in ${cards.path}`),
  ...table(
    [
      left(cards.noun),
      left('model'),
      left('GPUs'),
      left('workload'),
      ...['requests', 'steps', 'asked/s by stage'].map(right),
      ...SHOWN.map((metric) => right(`${metricTitle(metric)} ms`)),
      left('load'),
    ],
    cards.linted.map(cardRow),
  ),
  heading(2, 'Fit to fit?'),
  ...seriousFindings(cards),
  paragraph(
    `Inspect one of the runs by its folder; \`trueline lint ${cards.path}\` has a line for each.`,
    'note',
  ),
];

/** What a suite or a folder of runs holds, as text for a terminal. */
export const renderRunsOverview = (cards: RunCards, options: TerminalOptions): string =>
  renderTerminal(overview(cards), options);
