import type { ValidationResult } from '../../validate/validation-result.js';
import { diagnosticList } from '../diagnostic-list.js';
import { heading, paragraph, type Block, type ReportDocument } from '../document.js';
import { renderMarkdown } from '../render-markdown.js';
import { renderTerminal, type TerminalOptions } from '../render-terminal.js';
import { experimentTable, saturationTable } from './experiment-table.js';
import { groupTables } from './group-tables.js';
import { calibrationTable } from './calibration-table.js';
import { headline, stageErrors } from './headline.js';
import { intervalTable } from './interval-table.js';
import { noiseSection } from './noise-section.js';
import { rankCard } from './rank-card.js';
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

/** A validation as a document: accuracy first, then what does badly, then the details. */
const validationReport = (result: ValidationResult): ReportDocument => [
  ...introduction(result),
  ...headline(result),
  ...weakSpots(result),
  ...intervalTable(result),
  ...groupTables(result),
  ...experimentTable(result),
  ...saturationTable(result),
  ...ttftTable(result),
  ...rankCard(result),
  ...noiseSection(result),
  ...calibrationTable(result),
  ...stageErrors(result),
  ...diagnosticList('Noticed while reading and replaying', result.diagnostics),
];

/** A validation as text for a terminal; no line break at the end. */
export const renderValidationTerminal = (
  result: ValidationResult,
  options: TerminalOptions = { colour: false },
): string => renderTerminal(validationReport(result), options);

/** A validation as GitHub-flavoured Markdown. */
export const renderValidationMarkdown = (result: ValidationResult): string =>
  renderMarkdown(validationReport(result));
