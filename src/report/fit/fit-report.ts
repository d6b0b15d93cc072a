import type { FitResult, FitRoute } from '../../fit/fit-result.js';
import { diagnosticList } from '../diagnostic-list.js';
import { heading, paragraph, right, table, type Block, type ReportDocument } from '../document.js';
import { pct, significant } from '../format.js';
import { renderMarkdown } from '../render-markdown.js';
import { renderTerminal, type TerminalOptions } from '../render-terminal.js';
import { coefficientTable } from './coefficient-table.js';
import { influenceTable } from './influence-table.js';
import { residualTable } from './residual-table.js';

const ROUTES: Readonly<Record<FitRoute, string>> = {
  steps: 'periods of engine steps',
  requests: 'latencies of single requests, over the steps each lived through',
  benchmarks: 'published means, through the simulator',
};

/** A condition number above this leaves at most a digit or two to the least determined direction. */
const ILL_CONDITIONED = 1e3;

function introduction(result: FitResult): Block[] {
  const heldOut = result.groupsHeldOut.length;
  const ill = result.conditionNumber > ILL_CONDITIONED;
  return [
    heading(1, `Fit of ${result.basis}`),
    paragraph(
      `Fitted to ${ROUTES[result.route]}: ${result.rowsUsed} rows of ${result.groupsUsed.length} runs` +
        `${heldOut === 0 ? '; nothing held out' : `; held out: ${result.groupsHeldOut.join(', ')}`}.`,
    ),
    paragraph(
      `Residual noise ${pct(100 * result.noiseRatio)} % per row. Condition number ${significant(result.conditionNumber)} without the ` +
        `prior${ill ? ': some combination of terms is known from the prior only' : ''}. Optimality violation ${significant(result.kktViolation)}.`,
      ill ? 'note' : 'plain',
    ),
  ];
}

function iterations(result: FitResult): Block[] {
  if (result.iterations.length === 0) return [];
  return [
    heading(2, 'Convergence'),
    ...table(
      [right('pass'), right('largest change of a prediction %')],
      result.iterations.map((pass) => [String(pass.iteration), pct(100 * pass.largestChangeRatio)]),
    ),
  ];
}

/** A fit as a document: what it was fitted to, coefficients, errors in and out of the fit, diagnostics. */
export const fitReport = (result: FitResult): ReportDocument => [
  ...introduction(result),
  ...coefficientTable(result),
  ...influenceTable(result),
  ...residualTable(
    'Errors on what was fitted',
    'These say how well the terms can describe the data, not how well they predict.',
    result.trainErrors,
  ),
  ...residualTable('Errors on what was held out', 'Runs the fit has not seen.', result.heldOutErrors),
  ...iterations(result),
  ...diagnosticList('Noticed while fitting', result.diagnostics),
];

/** A fit as text for a terminal; no line break at the end. */
export const renderFitTerminal = (result: FitResult, options: TerminalOptions = { colour: false }): string =>
  renderTerminal(fitReport(result), options);

/** A fit as GitHub-flavoured Markdown. */
export const renderFitMarkdown = (result: FitResult): string => renderMarkdown(fitReport(result));
