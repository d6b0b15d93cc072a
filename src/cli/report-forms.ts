import { dirname, relative, resolve, sep } from 'node:path';
import { TruelineError } from '../errors.js';
import {
  renderValidationCsv,
  renderValidationHtml,
  renderValidationLatex,
  renderValidationMarkdown,
  renderValidationTerminal,
  type TerminalOptions,
} from '../report/index.js';
import type { ValidationResult } from '../validate/index.js';
import { readChartRuntime } from './chart-runtime.js';
import { renderValidationResult } from './validation-result-file.js';

/** What `trueline report` can make of a validation. */
export type ReportFormat = 'terminal' | 'markdown' | 'html' | 'csv' | 'json' | 'latex';

/** Where text and charts go. */
export interface ReportDestination {
  readonly out?: string;
  readonly figures?: string;
}

/** Name of the file that a chart is written to. */
export const figureFile = (id: string): string => `${id}.svg`;

/** Path of a chart as the text names it: relative to the text's own folder, with forward slashes everywhere. */
function figurePath({ out, figures }: ReportDestination): ((id: string) => string) | undefined {
  if (figures === undefined) return undefined;
  const folder = relative(dirname(resolve(out ?? 'report')), resolve(figures)).replaceAll(sep, '/');
  return (id) => (folder === '' ? figureFile(id) : `${folder}/${figureFile(id)}`);
}

/** A renderer of one result, ready to be called once it is known whether the terminal shows colours. @throws USAGE */
export async function reportForm(
  result: ValidationResult,
  format: ReportFormat,
  destination: ReportDestination,
): Promise<(terminal: TerminalOptions) => string> {
  const path = figurePath(destination);
  if (path !== undefined && format !== 'markdown' && format !== 'latex')
    throw new TruelineError('USAGE', `--figures does not go with --format ${format}`, {
      hint: 'Markdown and LaTeX name chart files; HTML holds its charts.',
    });
  if (format === 'html') {
    const page = await renderValidationHtml(result, readChartRuntime());
    return () => page;
  }
  const renderers = {
    terminal: (terminal: TerminalOptions) => renderValidationTerminal(result, terminal),
    markdown: () => renderValidationMarkdown(result, path),
    latex: () => renderValidationLatex(result, path),
    csv: () => renderValidationCsv(result),
    json: () => renderValidationResult(result),
  };
  return renderers[format];
}
