import { renderValidationFigures } from '../../report/index.js';
import type { ValidationResult } from '../../validate/index.js';
import type { CommonOptions } from '../conclude.js';
import type { Outcome } from '../outcome.js';
import { figureFile, reportForm, type ReportFormat } from '../report-forms.js';
import { readValidationResult } from '../validation-result-file.js';
import {
  checkFileDestination,
  checkFolderDestination,
  writeFileAtomic,
  writeFolderAtomic,
  type WriteOptions,
} from '../write-atomic.js';

/** Options of `trueline report`. */
export interface ReportOptions extends CommonOptions {
  readonly format: ReportFormat;
  readonly out?: string;
  readonly figures?: string;
  readonly force?: true;
}

/** Writes the charts of a result, one file each. @throws FILE_EXISTS, FILE_UNWRITABLE */
async function writeFigures(folder: string, result: ValidationResult, write: WriteOptions): Promise<void> {
  const svgs = await renderValidationFigures(result);
  const files = Object.fromEntries(Object.entries(svgs).map(([id, svg]) => [figureFile(id), svg]));
  checkFolderDestination(folder, Object.keys(files), write);
  writeFolderAtomic(folder, files, write);
}

/**
 * Renders a saved validation, to stdout or to a file, its charts to a folder.
 * @throws FILE_EXISTS, USAGE; any code of `readValidationResult`
 */
export async function report(path: string, options: ReportOptions): Promise<Outcome> {
  const { format, out, figures } = options;
  const write = { force: options.force === true };
  if (out !== undefined) checkFileDestination(out, write);
  const result = await readValidationResult(path);
  const render = await reportForm(result, format, options);
  if (figures !== undefined) await writeFigures(figures, result, write);
  if (out === undefined) return { text: render, json: () => result, passed: true };
  writeFileAtomic(out, [render({ colour: false }).replace(/\n*$/u, '\n')], write);
  return { text: () => `Wrote ${out}.`, json: () => result, passed: true };
}
