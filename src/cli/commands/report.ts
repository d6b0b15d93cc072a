import { renderValidationMarkdown, renderValidationTerminal } from '../../report/index.js';
import type { CommonOptions } from '../conclude.js';
import type { Outcome } from '../outcome.js';
import { readValidationResult } from '../validation-result-file.js';
import { checkFileDestination, writeFileAtomic } from '../write-atomic.js';

/** Options of `trueline report`. */
export interface ReportOptions extends CommonOptions {
  readonly format: 'terminal' | 'markdown';
  readonly out?: string;
  readonly force?: true;
}

/** Renders a saved validation, to stdout or to a file. @throws FILE_EXISTS; any code of `readValidationResult` */
export async function report(path: string, { format, out, force }: ReportOptions): Promise<Outcome> {
  const write = { force: force === true };
  if (out !== undefined) checkFileDestination(out, write);
  const result = await readValidationResult(path);
  const render = (colour: boolean): string =>
    format === 'markdown' ? renderValidationMarkdown(result) : renderValidationTerminal(result, { colour });
  if (out === undefined) {
    return { text: (terminal) => render(terminal.colour), json: () => result, passed: true };
  }
  writeFileAtomic(out, [render(false).replace(/\n*$/u, '\n')], write);
  return { text: () => `Wrote ${out}.`, json: () => result, passed: true };
}
