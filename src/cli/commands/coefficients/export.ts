import {
  readCoefficientSet,
  renderBlisCoefficients,
  renderCoefficientSet,
  renderCoefficientSetYaml,
  toBlis,
  type CoefficientSet,
} from '../../../coefficients/index.js';
import type { CommonOptions } from '../../conclude.js';
import type { Outcome } from '../../outcome.js';
import { packageVersion } from '../../package-root.js';
import { checkFileDestination, writeFileAtomic } from '../../write-atomic.js';

/** Options of `trueline coefficients export`. */
export interface ExportOptions extends CommonOptions {
  readonly format: 'blis' | 'yaml' | 'json';
  readonly out?: string;
  readonly force?: true;
}

/**
 * Writes a coefficient set whole (YAML, JSON) or in the format of another tool, to a file or as the command's text.
 * @throws FILE_EXISTS before anything is read; the codes of `readCoefficientSet` and `toBlis`
 */
export async function exportSet(name: string, { format, out, force }: ExportOptions): Promise<Outcome> {
  const write = { force: force === true };
  if (out !== undefined) checkFileDestination(out, write);
  const set = await readCoefficientSet(name);
  const { text, content } = exported(set, format);
  if (out !== undefined) writeFileAtomic(out, [text], write);
  return {
    text: () => (out === undefined ? text : `Wrote ${out}.`),
    json: () => ({ out, ...content }),
    passed: true,
  };
}

function exported(set: CoefficientSet, format: ExportOptions['format']): { text: string; content: object } {
  if (format === 'yaml') return { text: renderCoefficientSetYaml(set), content: { coefficientSet: set } };
  if (format === 'json') return { text: renderCoefficientSet(set), content: { coefficientSet: set } };
  const coefficients = toBlis(set);
  return { text: renderBlisCoefficients(coefficients, comments(set)), content: coefficients };
}

/** Where the numbers come from, and what of the set the other format cannot hold. */
function comments({ name, basis, fit, corrections = [] }: CoefficientSet): string[] {
  return [
    `Coefficient set ${name} (basis ${basis}), written by Trueline ${packageVersion()}. Times in microseconds.`,
    ...(fit === undefined ? [] : [`Fitted to ${fit.split.replaceAll(/\s+/gu, ' ')}.`]),
    'Errors, priors, scopes and sources are left out: this format holds numbers only.',
    ...(corrections.length === 0
      ? []
      : [`Left out too: ${corrections.length} corrections of single configurations.`]),
  ];
}
