import { dirname, relative, resolve, sep } from 'node:path';
import { TruelineError } from '../errors.js';
import {
  renderHtml,
  renderLatex,
  renderMarkdown,
  renderTerminal,
  type TerminalOptions,
} from '../report/index.js';
import { readChartRuntime } from './chart-runtime.js';
import type { ReportContent } from './report-content.js';

/** Forms that `trueline report` offers. */
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

/** A renderer of a report, ready to be called once it is known whether the terminal shows colours. @throws USAGE */
export async function reportForm(
  content: ReportContent,
  format: ReportFormat,
  destination: ReportDestination,
): Promise<(terminal: TerminalOptions) => string> {
  const path = figurePath(destination);
  if (path !== undefined && format !== 'markdown' && format !== 'latex')
    throw new TruelineError('USAGE', `--figures does not go with --format ${format}`, {
      hint: 'Markdown and LaTeX name chart files; HTML holds its charts.',
    });
  const { document, drillDown, csv, json } = content;
  if (format === 'html') {
    const page = await renderHtml(document, { runtime: readChartRuntime(), ...(drillDown && { drillDown }) });
    return () => page;
  }
  const renderers = {
    terminal: (terminal: TerminalOptions) => renderTerminal(document, terminal),
    markdown: () => renderMarkdown(document, path),
    latex: () => renderLatex(document, path),
    csv,
    json: () => `${JSON.stringify(json(), null, 1)}\n`,
  };
  return renderers[format];
}
