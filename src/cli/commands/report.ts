import { drawFigures, type ReportDocument } from '../../report/index.js';
import type { CommonOptions } from '../conclude.js';
import type { Outcome } from '../outcome.js';
import { reportContent } from '../report-content.js';
import { figureFile, reportForm, type ReportFormat } from '../report-forms.js';
import {
  checkFileDestination,
  writeFileAtomic,
  writeFolderAtomic,
  type WriteOptions,
} from '../write-atomic.js';

/** Options of `trueline report`. */
export interface ReportOptions extends CommonOptions {
  readonly format: ReportFormat;
  readonly coefficients?: string;
  readonly out?: string;
  readonly figures?: string;
  readonly force?: true;
}

/** Writes the charts of a report, one file each. @throws FILE_EXISTS, FILE_UNWRITABLE */
async function writeFigures(folder: string, document: ReportDocument, write: WriteOptions): Promise<void> {
  const svgs = Object.entries(await drawFigures(document));
  writeFolderAtomic(folder, Object.fromEntries(svgs.map(([id, svg]) => [figureFile(id), svg])), write);
}

/**
 * Renders a saved validation, or several held against the first, to stdout or to a file, its charts to a folder.
 * @throws FILE_EXISTS, USAGE; any code of `readValidationResult`
 */
export async function report(
  paths: readonly [string, ...string[]],
  options: ReportOptions,
): Promise<Outcome> {
  const { format, out, figures } = options;
  const write = { force: options.force === true };
  if (out !== undefined) checkFileDestination(out, write);
  const content = await reportContent(paths, options.coefficients);
  const render = await reportForm(content, format, options);
  if (figures !== undefined) await writeFigures(figures, content.document, write);
  if (out === undefined) return { text: render, json: content.json, passed: true };
  writeFileAtomic(out, [render({ colour: false }).replace(/\n*$/u, '\n')], write);
  return { text: () => `Wrote ${out}.`, json: content.json, passed: true };
}
