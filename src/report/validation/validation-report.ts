import type { ValidationResult } from '../../validate/validation-result.js';
import { bump } from '../charts/bump.js';
import { errorStrips, type StripGrouping } from '../charts/error-strips.js';
import { scatter } from '../charts/scatter.js';
import { ttftBars } from '../charts/ttft-bars.js';
import { diagnosticList } from '../diagnostic-list.js';
import { deeper, heading, paragraph, type Block, type ReportDocument } from '../document.js';
import { renderMarkdown } from '../render-markdown.js';
import { renderTerminal, type TerminalOptions } from '../render-terminal.js';
import { coverageSection } from './coverage-section.js';
import { experimentTable } from './experiment-table.js';
import { extrapolationTable } from './extrapolation-table.js';
import { groupTables, MEAN_METRICS } from './group-tables.js';
import { calibrationTable } from './calibration-table.js';
import { headline, stageErrors } from './headline.js';
import { intervalTable } from './interval-table.js';
import { knobSection } from './knob-section.js';
import { noiseSection } from './noise-section.js';
import { rankCard } from './rank-card.js';
import { residualSection } from './residual-section.js';
import { saturationErrors, saturationTable } from './saturation-section.js';
import { ttftTable } from './ttft-table.js';
import { weakSpots } from './weak-spots.js';

function introduction(result: ValidationResult): Block[] {
  const { coverage, seeds } = result;
  const seedsText = `${seeds.length} ${seeds.length === 1 ? 'seed' : 'seeds'} where arrivals are synthetic`;
  return [
    heading(1, `Validation on ${result.suite}`),
    paragraph(
      `${coverage.experimentsReplayed} of ${coverage.experiments} experiments replayed, ${coverage.rowsCompared} of ` +
        `${coverage.rows} measured figures compared; ${seedsText}. Coefficients: ${result.coefficientSet} ` +
        `(basis ${result.basis}). Measurements: ${result.suiteSource}`,
    ),
  ];
}

const strip = (
  field: 'model' | 'gpu' | 'workload' | 'knee',
  title: string,
  scope: StripGrouping['scope'],
): StripGrouping => ({ id: field, field, valueOf: (point) => point[field], title, scope });

const STRIPS = [
  strip('model', 'model', 'runs'),
  strip('gpu', 'GPU', 'runs'),
  strip('workload', 'workload', 'runs'),
];

/**
 * A validation as a document: accuracy first, then what does badly, then the details.
 * @param card of the coefficient set that predicted, to stand before what was noticed
 */
export const validationReport = (result: ValidationResult, card: ReportDocument = []): ReportDocument => [
  ...introduction(result),
  ...headline(result),
  ...MEAN_METRICS.flatMap((metric) => scatter(result, metric)),
  ...weakSpots(result),
  ...saturationErrors(result),
  ...intervalTable(result),
  ...extrapolationTable(result),
  ...groupTables(result),
  ...STRIPS.flatMap((grouping) => errorStrips(result, grouping)),
  ...knobSection(result),
  ...residualSection(result),
  ...experimentTable(result),
  ...saturationTable(result),
  ...ttftTable(result),
  ...ttftBars(result),
  ...rankCard(result),
  ...bump(result, 'e2eMeanMs'),
  ...bump(result, 'ttftMeanMs'),
  ...noiseSection(result),
  ...calibrationTable(result),
  ...stageErrors(result),
  ...errorStrips(result, strip('knee', 'side of the knee', 'stages')),
  ...coverageSection(result),
  ...deeper(card),
  ...diagnosticList('Noticed while reading and replaying', result.diagnostics),
];

/** A validation as text for a terminal; no line break at the end. */
export const renderValidationTerminal = (
  result: ValidationResult,
  options: TerminalOptions = { colour: false },
): string => renderTerminal(validationReport(result), options);

/** A validation as GitHub-flavoured Markdown, without its charts. */
export const renderValidationMarkdown = (result: ValidationResult): string =>
  renderMarkdown(validationReport(result));
